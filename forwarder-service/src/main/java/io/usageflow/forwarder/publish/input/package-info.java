/** Reads the bytes of an input, uncompressed if necessary, and splits them into lines or rows. */
@NullMarked
package io.usageflow.forwarder.publish.input;

import org.jspecify.annotations.NullMarked;

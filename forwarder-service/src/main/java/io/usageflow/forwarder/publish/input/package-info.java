/** Bytes of an input, cut into lines or rows; what compresses them is undone here. */
@NullMarked
package io.usageflow.forwarder.publish.input;

import org.jspecify.annotations.NullMarked;

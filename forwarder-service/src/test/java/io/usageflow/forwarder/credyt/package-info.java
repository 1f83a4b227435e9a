/** Tests of how Credyt is talked to. */
@NullMarked
package io.usageflow.forwarder.credyt;

import org.jspecify.annotations.NullMarked;

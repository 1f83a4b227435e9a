/** Tests of delivery: pure parts as tables and properties, the whole against a real broker and the Credyt stand-in. */
@NullMarked
package io.usageflow.forwarder.delivery;

import org.jspecify.annotations.NullMarked;

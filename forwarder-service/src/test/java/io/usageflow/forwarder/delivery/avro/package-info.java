/** The short cuts past the generated classes, held against what these give. */
@NullMarked
package io.usageflow.forwarder.delivery.avro;

import org.jspecify.annotations.NullMarked;

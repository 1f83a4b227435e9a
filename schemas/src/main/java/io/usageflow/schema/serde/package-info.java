/**
 * Kafka serializers of the generated records, in Confluent's wire format.
 *
 * <p>{@link io.usageflow.schema.serde.AvroSerdes} is the entry point; {@link io.usageflow.schema.serde.AvroSerializer}
 * and {@link io.usageflow.schema.serde.AvroDeserializer} are the default classes, on top of a {@link
 * io.usageflow.schema.registry.SchemaRegistry}.
 */
@NullMarked
package io.usageflow.schema.serde;

import org.jspecify.annotations.NullMarked;

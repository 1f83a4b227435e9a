/**
 * Kafka serializers of the generated records, in Confluent's wire format.
 *
 * <p>{@link io.usageflow.schema.serde.AvroSerdes} is the way in; {@link io.usageflow.schema.serde.AvroSerializer} and
 * {@link io.usageflow.schema.serde.AvroDeserializer} are the default classes behind it, over a
 * {@link io.usageflow.schema.registry.SchemaRegistry}; {@link io.usageflow.schema.serde.WireFormat} is the five bytes in
 * front of the Avro binary.
 */
@NullMarked
package io.usageflow.schema.serde;

import org.jspecify.annotations.NullMarked;

/**
 * Reads Avro bytes of any writer's schema as our records: whether the schema fits ({@link
 * io.usageflow.schema.avro.SchemaResolution}), whether the bytes are within bounds ({@link
 * io.usageflow.schema.avro.EncodingBounds}), and units and decimals without loss ({@link
 * io.usageflow.schema.avro.UnitConversion}, {@link io.usageflow.schema.avro.DecimalCheck}). {@link
 * io.usageflow.schema.avro.WireFormat} is the five bytes in front of the Avro binary.
 */
@NullMarked
package io.usageflow.schema.avro;

import org.jspecify.annotations.NullMarked;

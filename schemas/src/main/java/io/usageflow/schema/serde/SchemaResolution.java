package io.usageflow.schema.serde;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Resolver;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.FastReaderBuilder;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;

/** What one writer's schema means for one record type. It never changes, so all cases can be remembered. Thread-safe. */
sealed interface SchemaResolution<T extends SpecificRecord> {

    /** Never fails: a schema that no reader can be made for is an outcome. */
    static <T extends SpecificRecord> SchemaResolution<T> of(Schema written, Class<T> type) {
        Schema wanted = SpecificData.get().getSchema(type);
        String names = "its schema " + written.getFullName() + " cannot be read as " + wanted.getFullName() + ": ";
        try {
            ValueBounds.requireBounded(written);
            if (SchemaCompatibility.checkReaderWriterCompatibility(wanted, written)
                            .getType()
                    != SchemaCompatibilityType.COMPATIBLE) {
                return new Incompatible<>(names + "upgrade this reader, or check which topic the record belongs to");
            }
            return decodable(written, wanted, type);
        } catch (WriterUnits.Mismatch mismatch) {
            return new Mismatched<>(names + mismatch.getMessage()
                    + "; publish with the schema of this version, or with the same logical types");
        } catch (IOException e) {
            throw new UncheckedIOException("a reader is made without I/O", e);
        } catch (RuntimeException | StackOverflowError unusable) {
            return new Incompatible<>(names + unusable);
        }
    }

    private static <T extends SpecificRecord> SchemaResolution<T> decodable(
            Schema written, Schema wanted, Class<T> type) throws IOException {
        var data = new GeneratedRecords(type, wanted);
        Schema aliased = Schema.applyAliases(written, wanted);
        WriterUnits units = WriterUnits.of(Resolver.resolve(aliased, wanted, data), aliased);
        boolean plain = PlainSchemas.plain(written).equals(PlainSchemas.plain(wanted));
        return new Decodable<>(
                wanted.getName(),
                plain,
                written,
                units,
                DecimalBounds.of(wanted),
                new FastReaderBuilder(data).createDatumReader(written, wanted));
    }

    /** Written with a schema of something else, or one that no reader can be made for. */
    record Incompatible<T extends SpecificRecord>(String why) implements SchemaResolution<T> {}

    /** The same fields, and one of them means something else. */
    record Mismatched<T extends SpecificRecord>(String why) implements SchemaResolution<T> {}

    /** @param isPlain whether values are written with exactly the record's own schema */
    record Decodable<T extends SpecificRecord>(
            String name,
            boolean isPlain,
            Schema written,
            WriterUnits units,
            DecimalBounds bounds,
            DatumReader<T> datumReader)
            implements SchemaResolution<T> {
        private static final ThreadLocal<BinaryDecoder> DECODER = new ThreadLocal<>();

        /** @throws SerializationException where the bytes are no such record */
        T read(byte[] value) {
            int length = value.length - WireFormat.HEADER_BYTES;
            try {
                requireBounded(value);
                BinaryDecoder decoder =
                        DecoderFactory.get().binaryDecoder(value, WireFormat.HEADER_BYTES, length, DECODER.get());
                DECODER.set(decoder);
                T datum = datumReader.read(null, decoder);
                if (!decoder.isEnd()) {
                    throw new SerializationException("bytes follow the end of the record");
                }
                units.convert(datum);
                bounds.require(datum);
                return datum;
            } catch (IOException | RuntimeException | StackOverflowError e) {
                throw new SerializationException("the value is no " + name + ": " + e.getMessage(), e);
            }
        }

        /** @throws SerializationException where no reader should touch the bytes */
        void requireBounded(byte[] value) {
            if (!isPlain) {
                ValueBounds.require(written, value, WireFormat.HEADER_BYTES);
            }
        }
    }
}

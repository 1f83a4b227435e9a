package io.usageflow.schema.avro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Conversion;
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
import org.jspecify.annotations.Nullable;

/** How one writer's schema is read as one record type. The result never changes and can be cached. Thread-safe. */
public sealed interface SchemaResolution<T extends SpecificRecord> {

    /** Never fails: a schema without a possible reader is a result. */
    static <T extends SpecificRecord> SchemaResolution<T> of(Schema written, Class<T> type) {
        Schema wanted = SpecificData.get().getSchema(type);
        String names = "its schema " + written.getFullName() + " cannot be read as " + wanted.getFullName() + ": ";
        try {
            EncodingBounds.requireBounded(written);
            if (SchemaCompatibility.checkReaderWriterCompatibility(wanted, written)
                            .getType()
                    != SchemaCompatibilityType.COMPATIBLE) {
                return new Incompatible<>(names + "upgrade this reader, or check which topic the record belongs to");
            }
            return decodable(written, wanted, type);
        } catch (UnitConversion.Mismatch mismatch) {
            return new Mismatched<>(names + mismatch.getMessage()
                    + "; publish with the schema of this version, or with the same logical types");
        } catch (IOException e) {
            throw new UncheckedIOException("creating a reader does no I/O", e);
        } catch (RuntimeException | StackOverflowError unusable) {
            return new Incompatible<>(names + unusable);
        }
    }

    private static <T extends SpecificRecord> SchemaResolution<T> decodable(
            Schema written, Schema wanted, Class<T> type) throws IOException {
        var data = new GeneratedRecords(type, wanted);
        Schema aliased = Schema.applyAliases(written, wanted);
        UnitConversion units = UnitConversion.of(Resolver.resolve(aliased, wanted, data), aliased);
        boolean plain = RegisteredForm.registeredForm(written).equals(RegisteredForm.registeredForm(wanted));
        return new Decodable<>(
                wanted.getName(),
                plain,
                written,
                units,
                DecimalCheck.of(wanted),
                new FastReaderBuilder(data).createDatumReader(written, wanted));
    }

    /** The schema is of another record, or no reader can be created for it. */
    record Incompatible<T extends SpecificRecord>(String why) implements SchemaResolution<T> {}

    /** The same fields, but one of them has another meaning. */
    record Mismatched<T extends SpecificRecord>(String why) implements SchemaResolution<T> {}

    /**
     * A schema whose values can be read.
     *
     * @param isPlain whether values have exactly the record's own schema
     */
    record Decodable<T extends SpecificRecord>(
            String name,
            boolean isPlain,
            Schema written,
            UnitConversion units,
            DecimalCheck bounds,
            DatumReader<T> datumReader)
            implements SchemaResolution<T> {
        private static final ThreadLocal<BinaryDecoder> DECODER = new ThreadLocal<>();

        /** Reads a value. Throws SerializationException if the bytes are not such a record. */
        public T read(byte[] value) {
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

        /** Throws SerializationException if the bytes exceed the bounds, so that no reader should read them. */
        public void requireBounded(byte[] value) {
            if (!isPlain) {
                EncodingBounds.require(written, value, WireFormat.HEADER_BYTES);
            }
        }
    }

    /**
     * The classes of one generated record, loaded once by the record's own class loader. Avro would look up each name
     * in its global list of trusted classes, which has none of ours (since Avro 1.12.1), and which a library must not
     * change unasked. Names from the registry or from bytes never make this class load anything.
     */
    final class GeneratedRecords extends SpecificData {
        private final Map<String, Class<?>> classes = new HashMap<>();

        public GeneratedRecords(Class<? extends SpecificRecord> type, Schema schema) {
            super(type.getClassLoader());
            SpecificData generated = SpecificData.getForClass(type);
            for (Conversion<?> conversion : generated.getConversions()) {
                addLogicalTypeConversion(conversion);
            }
            collect(schema, type.getClassLoader());
        }

        @Override
        @SuppressWarnings("rawtypes") // as declared by Avro
        public @Nullable Class getClass(Schema schema) {
            return switch (schema.getType()) {
                case RECORD, ENUM, FIXED -> classes.get(schema.getFullName());
                default -> super.getClass(schema);
            };
        }

        private void collect(Schema schema, ClassLoader loader) {
            switch (schema.getType()) {
                case RECORD -> {
                    if (add(schema, loader)) {
                        schema.getFields().forEach(field -> collect(field.schema(), loader));
                    }
                }
                case ENUM, FIXED -> add(schema, loader);
                case ARRAY -> collect(schema.getElementType(), loader);
                case MAP -> collect(schema.getValueType(), loader);
                case UNION -> schema.getTypes().forEach(branch -> collect(branch, loader));
                default -> {}
            }
        }

        /** Whether the schema is new. */
        private boolean add(Schema schema, ClassLoader loader) {
            try {
                return classes.put(schema.getFullName(), Class.forName(schema.getFullName(), true, loader)) == null;
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException(
                        "no generated class for " + schema.getFullName() + " next to its record", e);
            }
        }
    }
}

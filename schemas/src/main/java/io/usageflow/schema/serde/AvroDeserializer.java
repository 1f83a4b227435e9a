package io.usageflow.schema.serde;

import io.usageflow.schema.registry.SchemaRegistries;
import io.usageflow.schema.registry.SchemaRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Confluent's wire format into a generated record, resolving the schema it was written with to the record's own.
 * Thread-safe. Only the first value of a schema id touches the network.
 *
 * <p>Throws {@link SerializationException} for bytes that are no such record, bytes after its end included;
 * {@link UnknownSchemaException} where the registry does not know the id, or its schema cannot be read as the record;
 * {@link io.usageflow.schema.registry.RegistryUnavailableException} while the registry is away, which says nothing about
 * the bytes. Lengths that the bytes claim are checked against the bytes there are before anything is allocated.
 */
public final class AvroDeserializer<T extends SpecificRecord> implements Deserializer<T> {
    /** The generated class to read as, where Kafka makes the deserializer by name. */
    public static final String VALUE_TYPE = "avro.value.type";

    private static final ThreadLocal<BinaryDecoder> DECODER = new ThreadLocal<>();

    private final Map<Integer, Resolution<T>> resolutions = new ConcurrentHashMap<>();
    private @Nullable SchemaRegistry registry;
    private @Nullable Class<T> type;

    /** For Kafka, which configures it afterwards; needs {@value #VALUE_TYPE}. */
    public AvroDeserializer() {}

    AvroDeserializer(Class<T> type) {
        this.type = type;
    }

    AvroDeserializer(SchemaRegistry registry, Class<T> type) {
        this.registry = registry;
        this.type = type;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        SerdeSettings.requireValue(isKey, AvroDeserializer.class);
        registry = SchemaRegistries.connect(configs);
        if (type == null) {
            type = SerdeSettings.recordType(configs, VALUE_TYPE);
        }
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] value) {
        if (value == null) {
            return null;
        }
        int schemaId = WireFormat.schemaId(value);
        return resolution(schemaId).reader(schemaId).read(value);
    }

    /** As {@link AvroSerdes#isPlain}. */
    boolean isPlain(byte[] bytes, int from, int until) {
        if (until - from < WireFormat.HEADER_BYTES || bytes[from] != WireFormat.MAGIC) {
            return false;
        }
        int schemaId = ByteBuffer.wrap(bytes, from + 1, Integer.BYTES).getInt();
        try {
            return resolution(schemaId).isPlain();
        } catch (UnknownSchemaException unknown) {
            return false;
        }
    }

    private Resolution<T> resolution(int schemaId) {
        Resolution<T> known = resolutions.get(schemaId);
        if (known != null) {
            return known;
        }
        if (registry == null || type == null) {
            throw new IllegalStateException("configure(...) was not called");
        }
        Schema written = registry.byId(schemaId)
                .orElseThrow(() -> new UnknownSchemaException(
                        schemaId,
                        "the value's schema id " + schemaId
                                + " is unknown to the registry: register the schema, or check that producer and consumer"
                                + " use the same registry"));
        Resolution<T> made = Resolution.of(written, type);
        resolutions.put(schemaId, made);
        return made;
    }

    /** What one schema id means for one record type. It never changes, so both cases are remembered. */
    private sealed interface Resolution<T extends SpecificRecord> {
        static <T extends SpecificRecord> Resolution<T> of(Schema written, Class<T> type) {
            Schema wanted = SpecificData.get().getSchema(type);
            if (SchemaCompatibility.checkReaderWriterCompatibility(wanted, written)
                            .getType()
                    == SchemaCompatibilityType.COMPATIBLE) {
                boolean plain = PlainSchemas.plain(written).equals(PlainSchemas.plain(wanted));
                return new Decodable<>(
                        wanted.getName(), plain, DecimalBounds.of(wanted), reader(written, wanted, type));
            }
            return new Undecodable<>("its schema " + written.getFullName() + " cannot be read as "
                    + wanted.getFullName() + ": upgrade this reader, or check which topic the record belongs to");
        }

        private static <T extends SpecificRecord> DatumReader<T> reader(Schema written, Schema wanted, Class<T> type) {
            try {
                return new FastReaderBuilder(new GeneratedRecords(type, wanted)).createDatumReader(written, wanted);
            } catch (IOException e) {
                throw new UncheckedIOException("a reader is made without I/O", e);
            }
        }

        Decodable<T> reader(int schemaId);

        /** Whether values are written with exactly the record's own schema. */
        boolean isPlain();
    }

    private record Undecodable<T extends SpecificRecord>(String why) implements Resolution<T> {
        @Override
        public Decodable<T> reader(int schemaId) {
            throw new UnknownSchemaException(schemaId, "the value has schema id " + schemaId + "; " + why);
        }

        @Override
        public boolean isPlain() {
            return false;
        }
    }

    private record Decodable<T extends SpecificRecord>(
            String name, boolean isPlain, DecimalBounds bounds, DatumReader<T> datumReader) implements Resolution<T> {
        @Override
        public Decodable<T> reader(int schemaId) {
            return this;
        }

        T read(byte[] value) {
            int length = value.length - WireFormat.HEADER_BYTES;
            try {
                BinaryDecoder decoder =
                        DecoderFactory.get().binaryDecoder(value, WireFormat.HEADER_BYTES, length, DECODER.get());
                DECODER.set(decoder);
                T datum = datumReader.read(null, decoder);
                if (!decoder.isEnd()) {
                    throw new SerializationException("bytes follow the end of the record");
                }
                bounds.require(datum);
                return datum;
            } catch (IOException | RuntimeException e) {
                throw new SerializationException("the value is no " + name + ": " + e.getMessage(), e);
            }
        }
    }
}

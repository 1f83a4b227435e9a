package io.usageflow.schema.serde;

import io.usageflow.schema.avro.SchemaResolution;
import io.usageflow.schema.avro.UnitConversion;
import io.usageflow.schema.avro.WireFormat;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.UnusableSchemaException;
import io.usageflow.schema.registry.client.SchemaRegistries;
import io.usageflow.schema.serde.UnknownSchemaException.LogicalTypeMismatchException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Confluent's wire format as a generated record, and resolves the writer's schema to the record's own.
 * Thread-safe. Only the first value of a schema id needs the network.
 *
 * <p>Throws {@link SerializationException} for bytes that are no such record, bytes after its end included; {@link
 * UnknownSchemaException} where the registry does not know the id, or its schema cannot be read as the record; {@link
 * LogicalTypeMismatchException} where it can, and a field would mean something else; {@link
 * io.usageflow.schema.registry.RegistryUnavailableException} while the registry is away, which says nothing about the
 * bytes. Lengths that the bytes claim are checked against the bytes there are before anything is allocated, and how
 * deep they are nested is bounded ({@code EncodingBounds}). Decimals and timestamps in other units are converted where
 * that is exact ({@link UnitConversion}).
 */
public final class AvroDeserializer<T extends SpecificRecord> implements Deserializer<T> {
    /** The generated class to read as, if Kafka creates the deserializer by name. */
    public static final String VALUE_TYPE = "avro.value.type";

    /** More than a topic's producers use; beyond it the cache starts empty again. */
    private static final int RESOLUTIONS_MAX = 1_000;

    private final Map<Integer, SchemaResolution<T>> resolutions = new ConcurrentHashMap<>();
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
        return readable(WireFormat.schemaId(value)).read(value);
    }

    /**
     * Checks that another library's class, which resolves schemas as Avro does, would read the value correctly. Says
     * nothing about a value in another format: only that class knows it.
     *
     * @param own whether only the forwarder writes these records, so that an unknown id means that the registry lost it
     * @throws SerializationException if it would not
     */
    void requireAvroReadsIt(byte[] value, Class<?> reader, boolean own) {
        if (value.length < WireFormat.HEADER_BYTES || value[0] != WireFormat.MAGIC) {
            return;
        }
        int schemaId = WireFormat.schemaId(value);
        if (!own && written(schemaId).isEmpty()) {
            return;
        }
        SchemaResolution.Decodable<T> decodable = readable(schemaId);
        if (!decodable.units().isIdentity()) {
            throw new LogicalTypeMismatchException(
                    schemaId,
                    "the value has schema id " + schemaId + ", which writes decimals or timestamps in other units than "
                            + decodable.name() + "; " + reader.getName() + " would not convert them: remove "
                            + AvroSerdes.DESERIALIZER_CLASS + ", or publish with the schema of this version");
        }
        decodable.requireBounded(value);
    }

    /** Whether the decimals and timestamps of a readable value have the record's own units. */
    boolean isInOwnUnits(byte[] value) {
        return readable(WireFormat.schemaId(value)).units().isIdentity();
    }

    private SchemaResolution.Decodable<T> readable(int schemaId) {
        String which = "the value has schema id " + schemaId + "; ";
        SchemaResolution<T> resolution = resolution(schemaId);
        if (resolution instanceof SchemaResolution.Decodable<T> decodable) {
            return decodable;
        }
        if (resolution instanceof SchemaResolution.Mismatched<T> mismatched) {
            throw new LogicalTypeMismatchException(schemaId, which + mismatched.why());
        }
        throw new UnknownSchemaException(schemaId, which + ((SchemaResolution.Incompatible<T>) resolution).why());
    }

    private SchemaResolution<T> resolution(int schemaId) {
        SchemaResolution<T> known = resolutions.get(schemaId);
        if (known != null) {
            return known;
        }
        Schema written = written(schemaId)
                .orElseThrow(() -> new UnknownSchemaException(
                        schemaId,
                        "the value's schema id " + schemaId
                                + " is unknown to the registry: register the schema, or check that"
                                + " producer and consumer"
                                + " use the same registry"));
        SchemaResolution<T> made = SchemaResolution.of(written, type());
        if (resolutions.size() >= RESOLUTIONS_MAX) {
            resolutions.clear();
        }
        resolutions.put(schemaId, made);
        return made;
    }

    private Optional<Schema> written(int schemaId) {
        if (registry == null) {
            throw new IllegalStateException("configure(...) was not called");
        }
        try {
            return registry.byId(schemaId);
        } catch (UnusableSchemaException unusable) {
            throw new UnknownSchemaException(
                    schemaId, "the value has schema id " + schemaId + "; " + unusable.getMessage());
        }
    }

    private Class<T> type() {
        if (type == null) {
            throw new IllegalStateException("configure(...) was not called");
        }
        return type;
    }
}

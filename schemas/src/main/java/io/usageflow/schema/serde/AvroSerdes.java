package io.usageflow.schema.serde;

import io.usageflow.schema.avro.RegisteredForm;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.registry.SchemaRegistry.RegisteredSchema;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Creates serializers of generated records from a configuration with Confluent's keys. Thread-safe.
 *
 * <p>Keys: those of {@link io.usageflow.schema.registry.http.RegistryClientSettings}; {@value
 * AvroSerializer#AUTO_REGISTER}; {@value #SERIALIZER_CLASS} and {@value #DESERIALIZER_CLASS}, by which a user who has
 * Confluent's classes on the class path names them ({@code io.confluent.kafka.serializers.KafkaAvroSerializer} and
 * {@code …KafkaAvroDeserializer}): they are configured with the whole map, the deserializer with {@code
 * specific.avro.reader=true} unless the map says otherwise. Since 1.12.1, Avro creates classes only of trusted
 * packages: where another class is named, the package of our records is added to those that the whole JVM trusts.
 */
public final class AvroSerdes {
    /** A {@link Serializer} class; default {@link AvroSerializer}. */
    public static final String SERIALIZER_CLASS = "avro.serializer.class";

    /** A {@link Deserializer} class; default {@link AvroDeserializer}. */
    public static final String DESERIALIZER_CLASS = "avro.deserializer.class";

    private AvroSerdes() {}

    /** The schema as registered: without properties that concern only this JVM's generated classes. */
    public static Schema asRegistered(Schema schema) {
        return RegisteredForm.registeredForm(schema);
    }

    /**
     * A configured serializer for values.
     *
     * @throws ConfigException naming the key that is missing or wrong
     */
    public static <T extends SpecificRecord> Serializer<T> valueSerializer(Map<String, ?> config) {
        @SuppressWarnings("unchecked") // A foreign serializer takes any object, ours any generated record.
        Serializer<T> serializer = SerdeSettings.made(config, SERIALIZER_CLASS, Serializer.class, AvroSerializer::new);
        serializer.configure(config, false);
        return serializer;
    }

    /**
     * A configured deserializer of values into {@code type}. Its exceptions are those of {@link AvroDeserializer}; a
     * user's class throws its own, and {@link org.apache.kafka.common.errors.SerializationException} where it makes
     * another type.
     *
     * <p>Before a user's class gets a value in the wire format, our own registry client checks its schema, so that
     * client has to reach the registry too. If decimals or timestamps have other units, or the value exceeds the bounds
     * of nesting, that class never sees the value. A value in another format is that class's own responsibility.
     *
     * @throws ConfigException naming the key that is missing or wrong
     */
    public static <T extends SpecificRecord> Deserializer<T> valueDeserializer(Map<String, ?> config, Class<T> type) {
        return deserializer(config, type, false);
    }

    /**
     * As {@link #valueDeserializer}, of records that only the forwarder writes, and of the events inside deliverable
     * records. Where the registry has lost their schema, they are read with the schemas that this version carries, if
     * one proves itself on the bytes; otherwise it throws {@link
     * io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException}, a {@link
     * io.usageflow.schema.registry.RegistryUnavailableException}: the record has to be read again later.
     *
     * @throws ConfigException naming the key that is missing or wrong
     */
    public static <T extends SpecificRecord> Deserializer<T> ownValueDeserializer(
            Map<String, ?> config, Class<T> type) {
        return deserializer(config, type, true);
    }

    private static <T extends SpecificRecord> Deserializer<T> deserializer(
            Map<String, ?> config, Class<T> type, boolean own) {
        Map<String, Object> complete = new HashMap<>(config);
        complete.putIfAbsent("specific.avro.reader", "true");
        complete.put(AvroDeserializer.VALUE_TYPE, type.getName());
        var ours = new AvroDeserializer<>(type);
        ours.configure(complete, false);
        Deserializer<?> named = SerdeSettings.made(config, DESERIALIZER_CLASS, Deserializer.class, () -> ours);
        if (named == ours || named instanceof AvroDeserializer<?>) {
            return new TypedDeserializer<>(ours, ours, type, own);
        }
        named.configure(complete, false);
        return new TypedDeserializer<>(named, ours, type, own);
    }

    /**
     * Whether a value that the deserializer has read has the record's own units for decimals and timestamps, and not
     * those of a producer's schema.
     *
     * @param deserializer made by {@link #valueDeserializer}
     */
    public static boolean isInOwnUnits(Deserializer<?> deserializer, byte[] value) {
        return deserializer instanceof TypedDeserializer<?> typed && typed.isInOwnUnits(value);
    }

    /**
     * Generated records without a registry: in the wire format, as long as they will be with a registered schema, but
     * with 0 in the id's place. For a caller that keeps the schema with the bytes, and reads them once the registry
     * answers. Never for Kafka. Thread-safe.
     */
    public static final class UnregisteredAvro {
        private UnregisteredAvro() {}

        public static <T extends SpecificRecord> Serializer<T> serializer() {
            return new AvroSerializer<>(new NoRegistry(Optional.empty()), true);
        }

        /**
         * Returns a deserializer that needs no registry.
         *
         * @param written the schema that the values were written with
         * @param type the record to read them as; it may have a later schema. {@link UnknownSchemaException} from the
         *     first value on where that cannot be
         */
        public static <T extends SpecificRecord> Deserializer<T> deserializer(Schema written, Class<T> type) {
            return new AvroDeserializer<>(new NoRegistry(Optional.of(written)), type);
        }

        private record NoRegistry(Optional<Schema> only) implements SchemaRegistry {
            @Override
            public int register(String subject, Schema schema) {
                return 0;
            }

            @Override
            public Optional<Integer> idOf(String subject, Schema schema) {
                return Optional.of(0);
            }

            @Override
            public Optional<Schema> byId(int id) {
                return id == 0 ? only : Optional.empty();
            }

            @Override
            public Optional<RegisteredSchema> latest(String subject) {
                return Optional.empty();
            }

            @Override
            public boolean isCompatible(String subject, Schema schema) {
                return true;
            }

            @Override
            public Optional<Compatibility> compatibilityOf(String subject) {
                return Optional.empty();
            }

            @Override
            public boolean setCompatibility(String subject, Compatibility level) {
                return false;
            }
        }
    }
}

package io.usageflow.schema.serde;

import io.usageflow.schema.registry.Compatibility;
import io.usageflow.schema.registry.RegisteredSchema;
import io.usageflow.schema.registry.SchemaRegistry;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Generated records without a registry: in the wire format, as long as they will be with a registered schema, but with 0
 * in the id's place. For who keeps the schema beside the bytes, to read them when a registry can be asked. Never for
 * Kafka. Thread-safe.
 */
public final class UnregisteredAvro {
    private UnregisteredAvro() {}

    public static <T extends SpecificRecord> Serializer<T> serializer() {
        return new AvroSerializer<>(new NoRegistry(Optional.empty()), true);
    }

    /**
     * Returns a deserializer that needs no registry.
     *
     * @param written the schema that the values were written with
     * @param type the record to read them as; it may have a later schema. {@link UnknownSchemaException} from the first
     *     value on where that cannot be
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

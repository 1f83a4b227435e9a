package io.usageflow.schema.registry;

import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Ids for schemas, and schemas for ids. What is unknown is an empty answer; implementations are thread-safe and may block
 * on the network.
 *
 * <p>Every method throws {@link RegistryUnavailableException} while the registry gives no usable answer; that never says
 * anything about the schema or the id that was asked for.
 */
public interface SchemaRegistry {
    /**
     * Gives the schema its id under the subject, as a new version where it is not one yet.
     *
     * @throws SchemaRefusedException where the registry holds the schema to be invalid or incompatible
     */
    int register(String subject, Schema schema);

    /** The id of a schema that is registered under the subject already; empty where schema or subject are unknown. */
    Optional<Integer> idOf(String subject, Schema schema);

    /**
     * The schema of an id; empty where no subject has it.
     *
     * @throws UnusableSchemaException where it is no Avro schema that can be used
     */
    Optional<Schema> byId(int id);

    /** The newest version of the subject; empty where there is none. */
    Optional<RegisteredSchema> latest(String subject);

    /**
     * Whether data of the subject's newest version may be followed by data of this schema, by the subject's own level of
     * compatibility. True where the subject has no version.
     */
    boolean isCompatible(String subject, Schema schema);

    /** The level that was set for this very subject; empty where it has none of its own. */
    Optional<Compatibility> compatibilityOf(String subject);

    /**
     * Sets the subject's own level.
     *
     * @return false where the registry cannot do so before the subject's first version
     */
    boolean setCompatibility(String subject, Compatibility level);

    /**
     * One version of a subject.
     *
     * @param version counts from 1 within its subject
     * @param id of the schema, the same under every subject that has it
     */
    record RegisteredSchema(String subject, int version, int id, Schema schema) {}

    /** The registry refuses a schema as invalid or incompatible with its subject's versions. Retrying does not help. */
    final class SchemaRefusedException extends SerializationException {
        private static final long serialVersionUID = 1;

        public SchemaRefusedException(String message) {
            super(message);
        }
    }

    /**
     * The registry answered, but the id's schema cannot be used as an Avro schema: a JSON or Protobuf schema, text that does not
     * parse, a schema beyond the bounds, or a refused request. A property of the id, not of the registry: an immediate retry
     * does not help.
     */
    final class UnusableSchemaException extends SerializationException {
        private static final long serialVersionUID = 1;

        public UnusableSchemaException(String message) {
            super(message);
        }

        public UnusableSchemaException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}

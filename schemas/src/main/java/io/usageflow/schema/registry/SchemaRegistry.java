package io.usageflow.schema.registry;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidator;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Ids for schemas, and schemas for ids. An unknown schema or id gives an empty answer. Implementations are thread-safe
 * and may block on the network.
 *
 * <p>Every method throws {@link RegistryUnavailableException} while the registry gives no usable answer; that says
 * nothing about the requested schema or id.
 */
public interface SchemaRegistry {
    /**
     * Gives the schema its id under the subject, as a new version if it is not one yet.
     *
     * @throws SchemaRefusedException if the registry holds the schema to be invalid or incompatible
     */
    int register(String subject, Schema schema);

    /** The id of a schema that is registered under the subject already; empty where schema or subject are unknown. */
    Optional<Integer> idOf(String subject, Schema schema);

    /**
     * The schema of an id; empty if no subject has it.
     *
     * @throws UnusableSchemaException if it is no Avro schema that can be used
     */
    Optional<Schema> byId(int id);

    /** The newest version of the subject; empty if there is none. */
    Optional<RegisteredSchema> latest(String subject);

    /**
     * Whether data of the subject's newest version may be followed by data of this schema, by the subject's own level
     * of compatibility. True if the subject has no version.
     */
    boolean isCompatible(String subject, Schema schema);

    /** The level that was set for this very subject; empty if it has none of its own. */
    Optional<Compatibility> compatibilityOf(String subject);

    /**
     * Sets the subject's own level.
     *
     * @return false if the registry cannot do so before the subject's first version
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
     * The registry answered, but the id's schema cannot be used as an Avro schema: a JSON or Protobuf schema, text that
     * does not parse, a schema beyond the bounds, or a refused request. A property of the id, not of the registry: an
     * immediate retry does not help.
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

    /**
     * Confluent's levels of compatibility between a subject's versions. BACKWARD: the new schema reads the old data.
     */
    enum Compatibility {
        NONE,
        BACKWARD,
        BACKWARD_TRANSITIVE,
        FORWARD,
        FORWARD_TRANSITIVE,
        FULL,
        FULL_TRANSITIVE;

        /** Whether this level promises that a reader of the newest schema reads all data ever written. */
        public boolean readsAllHistory() {
            return this == BACKWARD_TRANSITIVE || this == FULL_TRANSITIVE;
        }

        /**
         * Whether the schema may follow these versions.
         *
         * @param history newest first
         */
        public boolean allows(Schema next, List<Schema> history) {
            try {
                validator().validate(next, history);
                return true;
            } catch (SchemaValidationException e) {
                return false;
            }
        }

        private SchemaValidator validator() {
            SchemaValidatorBuilder builder = new SchemaValidatorBuilder();
            return switch (this) {
                case NONE -> (toValidate, existing) -> {};
                case BACKWARD -> builder.canReadStrategy().validateLatest();
                case BACKWARD_TRANSITIVE -> builder.canReadStrategy().validateAll();
                case FORWARD -> builder.canBeReadStrategy().validateLatest();
                case FORWARD_TRANSITIVE -> builder.canBeReadStrategy().validateAll();
                case FULL -> builder.mutualReadStrategy().validateLatest();
                case FULL_TRANSITIVE -> builder.mutualReadStrategy().validateAll();
            };
        }
    }
}

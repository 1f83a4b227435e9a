package io.usageflow.schema.registry;

import java.util.Optional;
import org.apache.avro.Schema;

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
}

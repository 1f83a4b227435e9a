package io.usageflow.forwarder.config;

import io.usageflow.schema.topic.Topics;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * The topics' names and how to create them. Immutable.
 *
 * @param names under the prefix
 * @param partitions of the co-partitioned topics when none of them exists yet, 1 to 10,000
 * @param replication of topics to be created; -1 is the broker's default
 * @param shortRetention what to do about a topic whose retention is shorter than the pipeline needs
 */
public record TopicSettings(Topics names, int partitions, short replication, ShortRetention shortRetention) {
    public static final String PREFIX = "topics.prefix";
    public static final String PARTITIONS = "topics.partitions";
    public static final String REPLICATION = "topics.replication";
    public static final String SHORT_RETENTION = "topics.short.retention";

    /** Whether the forwarder starts although a topic's retention is below the minimum. */
    public enum ShortRetention {
        REFUSE,
        WARN
    }

    static void define(ConfigDef def) {
        KeyGroup.of(def, "Topics")
                .text(
                        PREFIX,
                        Topics.DEFAULT_PREFIX,
                        ConfigDef.LambdaValidator.with(TopicSettings::checkPrefix, () -> "[a-zA-Z0-9._-]{1,200}"))
                .doc("What all topic names begin with: <prefix>.events and so on. 1 to 200 characters of a-z,"
                        + " A-Z, 0-9, '.', '_' and '-'.")
                .number(PARTITIONS, 6, 1, 10_000)
                .doc("Partitions of the topics that share the accounts' partitioning, when they are created."
                        + " Cannot be changed later: ids and links live in their account's partition.")
                .key(
                        REPLICATION,
                        ConfigDef.Type.SHORT,
                        (short) -1,
                        ConfigDef.LambdaValidator.with(TopicSettings::checkReplication, () -> "[-1,1,...]"))
                .doc("Replicas of each topic, when it is created; -1 is the broker's default.replication.factor.")
                .text(SHORT_RETENTION, "refuse", ConfigDef.ValidString.in("refuse", "warn"))
                .doc("What the forwarder does at start about a topic whose retention is below the minimum:"
                        + " refuse, or warn and continue. Events that outlive their topic during an outage are lost.");
    }

    static TopicSettings from(AbstractConfig config) {
        return new TopicSettings(
                new Topics(config.getString(PREFIX)),
                config.getInt(PARTITIONS),
                config.getShort(REPLICATION),
                "warn".equals(config.getString(SHORT_RETENTION)) ? ShortRetention.WARN : ShortRetention.REFUSE);
    }

    private static void checkPrefix(String key, Object value) {
        try {
            new Topics(String.valueOf(value));
        } catch (IllegalArgumentException illegal) {
            throw new ConfigException(illegal.getMessage());
        }
    }

    private static void checkReplication(String key, Object value) {
        short replication = (Short) value;
        if (replication < 1 && replication != -1) {
            throw new ConfigException(key + " is " + value + ": use 1 or more, or -1 for the broker's default");
        }
    }
}

package io.usageflow.forwarder.doctor.kafka;

import io.usageflow.forwarder.doctor.CheckResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;

/** Whether the brokers are new enough, can do transactions, and take records as large as ours. */
public record BrokerSettingsCheck(Cluster cluster, boolean streamsProtocol) {
    public static final String NAME = "broker settings";

    /** Of the version of Kafka that our clients have. */
    static final int NEWEST_LEVEL = 30;

    /** The highest level of {@code metadata.version} in each version of Kafka that is tested (MetadataVersion). */
    private static final NavigableMap<Integer, String> TESTED =
            new TreeMap<>(Map.of(21, "3.9", 25, "4.0", 27, "4.1", 29, "4.2", NEWEST_LEVEL, "4.3"));

    /** Since Kafka 4.0 (KIP-890): each transaction has a producer epoch of its own. */
    private static final short TRANSACTIONS_TOLD_APART = 2;

    private static final String TRANSACTION_REPLICAS = "transaction.state.log.replication.factor";
    private static final String TRANSACTION_TIMEOUT = "transaction.max.timeout.ms";
    private static final String REQUEST_BYTES = "socket.request.max.bytes";
    private static final String UNCLEAN = "unclean.leader.election.enable";

    /** Admission's and delivery's own time-out of a transaction. */
    private static final long OUR_TRANSACTION_MS = 10_000;

    /** The largest request of ours (admission's producer). */
    private static final long OUR_REQUEST_BYTES = 16 * 1024 * 1024;

    public List<CheckResult> look() {
        cluster.admin();
        var findings = new ArrayList<CheckResult>();
        FeatureMetadata features =
                cluster.answer(cluster.admin().describeFeatures().featureMetadata());
        Map<String, Short> levels = new HashMap<>();
        features.finalizedFeatures().forEach((feature, range) -> levels.put(feature, range.maxVersionLevel()));
        findings.addAll(judgeFeatures(levels, streamsProtocol));
        try {
            findings.addAll(judgeSettings(
                    settings(cluster.nodes().get(0).idString()), cluster.nodes().size()));
        } catch (KafkaException refused) {
            findings.add(CheckResult.warn(
                    NAME,
                    "may not be read: " + refused.getMessage(),
                    "grant DESCRIBE_CONFIGS on the cluster, or have an administrator run doctor"));
        }
        return findings;
    }

    private Map<String, String> settings(String broker) {
        var resource = new ConfigResource(ConfigResource.Type.BROKER, broker);
        Map<String, String> settings = new HashMap<>();
        cluster.answer(cluster.admin().describeConfigs(List.of(resource)).all())
                .values()
                .forEach(config -> config.entries().forEach(entry -> {
                    if (entry.value() != null) {
                        settings.put(entry.name(), entry.value());
                    }
                }));
        return settings;
    }

    public static List<CheckResult> judgeFeatures(Map<String, Short> levels, boolean streamsProtocol) {
        var findings = new ArrayList<CheckResult>();
        Short level = levels.get("metadata.version");
        if (level == null) {
            findings.add(CheckResult.warn(
                    NAME,
                    "the cluster tells no metadata.version, so it is not Apache Kafka in KRaft mode: usageflow is not"
                            + " tested with it, and whether a late request can end the next transaction"
                            + " (KAFKA-17754) is not known",
                    "ask its vendor about KIP-890, and run what docs/running.md lists under Brokers before you rely"
                            + " on it"));
        } else {
            findings.add(judgeVersion(level));
            judgeTransactions(levels.getOrDefault("transaction.version", (short) 0))
                    .ifPresent(findings::add);
        }
        if (streamsProtocol && levels.getOrDefault("streams.version", (short) 0) < 1) {
            findings.add(CheckResult.fail(
                    NAME,
                    "streams.group.protocol is streams, which the cluster has not switched on",
                    "kafka-features.sh upgrade --feature streams.version=1, or streams.group.protocol=classic"));
        }
        return findings;
    }

    private static CheckResult judgeVersion(int level) {
        String found = "metadata.version is " + level;
        if (level > NEWEST_LEVEL) {
            return CheckResult.warn(
                    NAME,
                    found + ", newer than Kafka " + TESTED.lastEntry().getValue() + ": usageflow is not tested with it",
                    "look for a newer usageflow, or test it well");
        }
        Map.Entry<Integer, String> version = TESTED.ceilingEntry(level);
        if (version == null || level < TESTED.firstKey()) {
            return CheckResult.warn(
                    NAME,
                    found + ", older than Kafka " + TESTED.firstEntry().getValue()
                            + ": usageflow is not tested with it",
                    "upgrade the brokers and kafka-features.sh upgrade --release-version "
                            + TESTED.firstEntry().getValue());
        }
        return CheckResult.ok(NAME, found + " (Kafka " + version.getValue() + ")");
    }

    private static Optional<CheckResult> judgeTransactions(short level) {
        return level >= TRANSACTIONS_TOLD_APART
                ? Optional.empty()
                : Optional.of(CheckResult.warn(
                        NAME,
                        "transaction.version is " + level
                                + ": a request that Kafka gets late can end the next transaction (KAFKA-17754),"
                                + " which can lose or tear a committed one",
                        "kafka-features.sh upgrade --feature transaction.version=2, with Kafka 4.0 or newer"
                                + " (docs/transaction-recovery.md)"));
    }

    public static List<CheckResult> judgeSettings(Map<String, String> settings, int brokers) {
        var findings = new ArrayList<CheckResult>();
        long replicas = number(settings, TRANSACTION_REPLICAS, 1);
        if (replicas > brokers) {
            findings.add(CheckResult.fail(
                    NAME,
                    TRANSACTION_REPLICAS + " is " + replicas + " with " + brokers
                            + " brokers up, so the first transaction ever cannot begin",
                    "start the other brokers, or lower it before the first transaction"));
        }
        if (number(settings, TRANSACTION_TIMEOUT, OUR_TRANSACTION_MS) < OUR_TRANSACTION_MS) {
            findings.add(CheckResult.fail(
                    NAME,
                    TRANSACTION_TIMEOUT + " is " + settings.get(TRANSACTION_TIMEOUT) + ", below our "
                            + OUR_TRANSACTION_MS,
                    "raise it to 60000 or more"));
        }
        if (number(settings, REQUEST_BYTES, OUR_REQUEST_BYTES) < OUR_REQUEST_BYTES) {
            findings.add(CheckResult.fail(
                    NAME,
                    REQUEST_BYTES + " is " + settings.get(REQUEST_BYTES) + ", too small for a large dead letter",
                    "raise it to " + OUR_REQUEST_BYTES + " or more"));
        }
        if (Boolean.parseBoolean(settings.get(UNCLEAN))) {
            findings.add(CheckResult.warn(
                    NAME,
                    UNCLEAN + " is true: a broker that missed events may become leader and drop them",
                    "set it to false, or at least for usageflow's topics"));
        }
        if (findings.isEmpty()) {
            findings.add(CheckResult.ok(NAME, "transactions and large records are possible"));
        }
        return findings;
    }

    private static long number(Map<String, String> settings, String name, long otherwise) {
        String value = settings.get(name);
        return value == null ? otherwise : Long.parseLong(value);
    }
}

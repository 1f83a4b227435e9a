package io.usageflow.forwarder.admission.streams;

import io.usageflow.schema.topic.Topics;
import java.nio.file.Path;
import java.util.Map;

/**
 * The cluster, the registry and the folder that admission works with. Immutable.
 *
 * @param kafka settings of every Kafka client, {@code bootstrap.servers} among them
 * @param streams further settings of Kafka Streams and its clients; those that the guarantees need are refused
 * @param registry settings of the serializers, {@code schema.registry.url} among them
 * @param stateDir folder of the stores; if it is lost, admission restores it from Kafka, which is slow
 * @param recoversTransactions {@code transaction.recovery}
 */
public record AdmissionContext(
        Topics topics,
        Map<String, ?> kafka,
        Map<String, ?> streams,
        Map<String, ?> registry,
        Path stateDir,
        boolean recoversTransactions) {
    /** With transaction recovery, as by default. */
    public AdmissionContext(
            Topics topics, Map<String, ?> kafka, Map<String, ?> streams, Map<String, ?> registry, Path stateDir) {
        this(topics, kafka, streams, registry, stateDir, true);
    }

    public AdmissionContext {
        kafka = Map.copyOf(kafka);
        streams = Map.copyOf(streams);
        registry = Map.copyOf(registry);
    }

    /** Names keys only: values may be secrets. */
    @Override
    public String toString() {
        return "AdmissionContext[" + topics.prefix() + ", kafka=" + kafka.keySet() + ", streams=" + streams.keySet()
                + ", registry=" + registry.keySet() + ", " + stateDir + "]";
    }
}

package io.usageflow.forwarder.testing;

import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.TopicWatch;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.apache.kafka.common.KafkaFuture;

/** What Kafka says of topics, as the test wants it; answers at once. */
public final class WatchedTopics implements TopicWatch.Broker {
    public static final LogId FIRST = new LogId("cluster-1", "log-1");
    /** As after the topic was deleted and created again. */
    public static final LogId AGAIN = new LogId("cluster-1", "log-2");
    /** As after a move with mirrored topics. */
    public static final LogId MOVED = new LogId("cluster-2", "log-3");

    private LogId log = FIRST;

    /** Of every topic, from the next question on. */
    public void become(LogId now) {
        log = now;
    }

    public TopicWatch watch(LongSupplier nanos, String... topics) {
        return new TopicWatch(this, List.of(topics), nanos);
    }

    @Override
    public KafkaFuture<Map<String, LogId>> logs(List<String> topics) {
        Map<String, LogId> logs = new HashMap<>();
        topics.forEach(topic -> logs.put(topic, log));
        return KafkaFuture.completedFuture(logs);
    }

    @Override
    public KafkaFuture<Map<String, Optional<Duration>>> retentions(List<String> topics) {
        return KafkaFuture.completedFuture(Map.of());
    }
}

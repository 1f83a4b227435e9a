package io.usageflow.forwarder.kafka;

import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka which log each topic of a stage is, and how long the topic keeps records. It asks repeatedly and never
 * waits for the answer. Thread-safe.
 */
public final class TopicWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TopicWatch.class);
    private static final Duration LOGS_EVERY = Duration.ofSeconds(5);
    private static final Duration UNKNOWN_EVERY = Duration.ofMillis(500);
    private static final Duration RETENTION_EVERY = Duration.ofMinutes(1);

    private final Broker broker;
    private final List<String> topics;
    private final LongSupplier nanos;
    private final Question<LogId> logs;
    private final Question<Optional<Duration>> retentions;

    /** Kafka, which answers later with the topics that exist. */
    public interface Broker {
        KafkaFuture<Map<String, LogId>> logs(List<String> topics);

        /** A topic that keeps its records for ever has no retention. */
        KafkaFuture<Map<String, Optional<Duration>>> retentions(List<String> topics);
    }

    /** @param nanos the clock of {@link System#nanoTime} */
    public TopicWatch(Broker broker, List<String> topics, LongSupplier nanos) {
        this.broker = broker;
        this.topics = List.copyOf(topics);
        this.nanos = nanos;
        this.logs = new Question<>("log", LOGS_EVERY, nanos.getAsLong());
        this.retentions = new Question<>("retention", RETENTION_EVERY, nanos.getAsLong());
    }

    /**
     * Creates a watch that uses the admin client of the stage's other watch, until that one is closed.
     *
     * @throws KafkaException if no server's name can be resolved
     */
    public static TopicWatch of(KafkaWatch connected, List<String> topics) {
        return new TopicWatch(new AdminBroker(connected.admin()), topics, System::nanoTime);
    }

    /** The log by the last answer; empty before the first answer, or if the topic does not exist. */
    public synchronized Optional<LogId> log(String topic) {
        return Optional.ofNullable(logs.current(() -> broker.logs(topics)).get(topic));
    }

    /** The retention by the last answer; empty before the first answer, or if records are kept for ever. */
    public synchronized Optional<Duration> retention(String topic) {
        return retentions.current(() -> broker.retentions(topics)).getOrDefault(topic, Optional.empty());
    }

    /** Whether all topics' logs are known, so that offsets in them can be checked. */
    public boolean knowsLogs() {
        return topics.stream().allMatch(topic -> log(topic).isPresent());
    }

    /** A question that is repeated. */
    private final class Question<T> {
        private final String what;
        private final Duration every;
        private @Nullable KafkaFuture<Map<String, T>> asked;
        private long dueNanos;
        private Map<String, T> known = Map.of();
        /** The failure that was logged last; the same one is not logged again. */
        private String failure = "";

        Question(String what, Duration every, long dueNanos) {
            this.what = what;
            this.every = every;
            this.dueNanos = dueNanos;
        }

        Map<String, T> current(Supplier<KafkaFuture<Map<String, T>>> ask) {
            if (asked != null && asked.isDone()) {
                hear(asked);
                asked = null;
            }
            long now = nanos.getAsLong();
            if (asked == null && now - dueNanos >= 0) {
                dueNanos = now + (known.isEmpty() ? UNKNOWN_EVERY : every).toNanos();
                asked = ask.get();
                if (asked.isDone()) {
                    hear(asked);
                    asked = null;
                }
            }
            return known;
        }

        private void hear(KafkaFuture<Map<String, T>> answer) {
            var unused = answer.whenComplete((heard, failed) -> {
                if (failed == null) {
                    known = Map.copyOf(heard);
                    failure = "";
                } else if (!failure.equals(failed.toString())) {
                    failure = failed.toString();
                    LOG.warn("event={}_unknown topics={} why={}", what, topics, VisibleText.logged(failed));
                }
            });
        }
    }

    private record AdminBroker(Admin admin) implements Broker {
        @Override
        public KafkaFuture<Map<String, LogId>> logs(List<String> topics) {
            KafkaFuture<String> cluster = admin.describeCluster().clusterId();
            var described = admin.describeTopics(topics).allTopicNames();
            return KafkaFuture.allOf(cluster, described).thenApply(both -> {
                Map<String, LogId> logs = new HashMap<>();
                // Both futures are done.
                String id = KafkaClients.answer(cluster);
                KafkaClients.answer(described).forEach((name, topic) -> logs.put(name, LogId.of(id, topic)));
                return logs;
            });
        }

        @Override
        public KafkaFuture<Map<String, Optional<Duration>>> retentions(List<String> topics) {
            return admin.describeConfigs(topics.stream()
                            .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                            .toList())
                    .all()
                    .thenApply(configs -> {
                        Map<String, Optional<Duration>> retentions = new HashMap<>();
                        configs.forEach((topic, config) ->
                                retentions.put(topic.name(), retention(config.get(TopicConfig.RETENTION_MS_CONFIG))));
                        return retentions;
                    });
        }

        private static Optional<Duration> retention(@Nullable ConfigEntry entry) {
            long millis = entry == null ? -1 : Long.parseLong(entry.value());
            return millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
        }
    }
}

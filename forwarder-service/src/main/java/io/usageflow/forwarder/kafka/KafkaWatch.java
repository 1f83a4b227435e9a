package io.usageflow.forwarder.kafka;

import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every few seconds whether Kafka answers for the partitions that a stage reads, and whether a transaction that
 * does not end blocks reading. It has its own thread, so that it keeps working when the stage's thread is blocked.
 * Thread-safe.
 */
public final class KafkaWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaWatch.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final Map<String, ?> kafka;
    private final String clientId;
    private final List<String> topics;
    private final Runnable alsoEachTime;
    private final Thread thread;
    private final StuckTransactions transactions = new StuckTransactions();
    private @Nullable Admin admin;
    private volatile boolean closed;
    private volatile long answeredNanos = System.nanoTime();
    private volatile Optional<StuckTransactions.Stuck> stuck = Optional.empty();

    /**
     * The result of the last check.
     *
     * @param silent time since Kafka last answered
     * @param stuckFor how long an open transaction has blocked a partition; zero if none does
     * @param where the transaction's partition and offset
     */
    public record View(Duration silent, Duration stuckFor, String where) {
        /** Kafka answers, and nothing is stuck. */
        public static final View WELL = new View(Duration.ZERO, Duration.ZERO, "");

        /** Longer than the restart of a broker. */
        static final Duration SILENT_MAX = Duration.ofSeconds(30);

        /** Longer than our transactions may be open. */
        static final Duration STUCK_MAX = Duration.ofMinutes(2);

        /** Why no event can flow, with the remedy; empty if events can flow. */
        public Optional<String> obstacle() {
            if (silent.compareTo(SILENT_MAX) > 0) {
                return Optional.of("Kafka has not answered for " + silent.toSeconds()
                        + " s: check that all its brokers run and that kafka.bootstrap.servers is right");
            }
            if (stuckFor.compareTo(STUCK_MAX) > 0) {
                return Optional.of("a transaction has not ended for " + stuckFor.toSeconds() + " s at " + where
                        + ", and nothing behind it can be read: see docs/runbook.md, A transaction does not end");
            }
            return Optional.empty();
        }
    }

    /**
     * Creates the watch without connecting.
     *
     * @param topics that the stage reads
     * @param alsoEachTime runs at every check, whether Kafka answers or not
     */
    public KafkaWatch(Map<String, ?> kafka, String stage, Collection<String> topics, Runnable alsoEachTime) {
        this.kafka = kafka;
        this.clientId = "usageflow-" + stage + "-kafka-watch";
        this.topics = List.copyOf(topics);
        this.alsoEachTime = alsoEachTime;
        this.thread = new Thread(this::run, stage + "-kafka-watch");
        thread.setDaemon(true);
    }

    public void start() {
        answeredNanos = System.nanoTime();
        thread.start();
    }

    public View view() {
        long now = System.nanoTime();
        Optional<StuckTransactions.Stuck> open = stuck;
        return new View(
                Duration.ofNanos(now - answeredNanos),
                open.map(transaction -> transaction.age(now)).orElse(Duration.ZERO),
                open.map(transaction -> transaction.partition() + " offset " + transaction.offset())
                        .orElse(""));
    }

    private void run() {
        try {
            while (!closed) {
                alsoEachTime.run();
                look();
                Thread.sleep(LOOK_EVERY.toMillis());
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            transactions.look(ends(admin()), System.nanoTime());
            stuck = transactions.oldest();
            answeredNanos = System.nanoTime();
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof TimeoutException)) {
                // A refusal is an answer; the stage itself reports the missing right.
                answeredNanos = System.nanoTime();
            }
            LOG.debug("event=kafka_watch_unanswered why={}", VisibleText.logged(failed.getCause()));
        } catch (KafkaException unusable) {
            LOG.debug("event=kafka_watch_unanswered why={}", VisibleText.logged(unusable));
        }
    }

    private Map<TopicPartition, StuckTransactions.Ends> ends(Admin admin)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> described :
                admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                described
                        .getValue()
                        .get()
                        .partitions()
                        .forEach(each -> asked.put(
                                new TopicPartition(described.getKey(), each.partition()), OffsetSpec.latest()));
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof TimeoutException) {
                    throw failed;
                }
                // The topic is missing or hidden from this user; the stage itself reports that.
            }
        }
        var stable = ends(admin, asked, IsolationLevel.READ_COMMITTED);
        var high = ends(admin, asked, IsolationLevel.READ_UNCOMMITTED);
        Map<TopicPartition, StuckTransactions.Ends> ends = new HashMap<>();
        stable.forEach((partition, end) -> {
            ListOffsetsResultInfo last = high.get(partition);
            if (last != null) {
                ends.put(partition, new StuckTransactions.Ends(end.offset(), last.offset()));
            }
        });
        return ends;
    }

    private static Map<TopicPartition, ListOffsetsResultInfo> ends(
            Admin admin, Map<TopicPartition, OffsetSpec> asked, IsolationLevel isolation)
            throws ExecutionException, InterruptedException {
        return admin.listOffsets(asked, new ListOffsetsOptions(isolation)).all().get();
    }

    /** The admin client, which other watches of the stage may use until this one is closed. */
    synchronized Admin admin() {
        if (closed) {
            throw new KafkaException(clientId + " is closed");
        }
        if (admin == null) {
            admin = KafkaClients.admin(
                    KafkaClients.with(kafka, Map.of(CommonClientConfigs.CLIENT_ID_CONFIG, clientId)),
                    ANSWER_WITHIN,
                    LOOK_EVERY);
        }
        return admin;
    }

    @Override
    public synchronized void close() {
        closed = true;
        thread.interrupt();
        if (admin != null) {
            admin.close(CLOSE_WITHIN);
        }
    }

    /**
     * Finds transactions that block readers of committed records: those whose first offset is still the last stable
     * offset at the next check. The caller gives the time. Not thread-safe.
     */
    static final class StuckTransactions {
        private final Map<TopicPartition, Stuck> waiting = new HashMap<>();

        /**
         * An open transaction.
         *
         * @param offset its first
         */
        record Stuck(TopicPartition partition, long offset, long sinceNanos) {
            Duration age(long nowNanos) {
                return Duration.ofNanos(nowNanos - sinceNanos);
            }
        }

        /**
         * The ends of a partition.
         *
         * @param stable where readers of committed records stop
         * @param high where other readers stop
         */
        record Ends(long stable, long high) {}

        /** @param ends of all partitions that answered */
        void look(Map<TopicPartition, Ends> ends, long nowNanos) {
            waiting.keySet().retainAll(ends.keySet());
            ends.forEach((partition, end) -> {
                Stuck known = waiting.get(partition);
                if (end.stable() >= end.high()) {
                    waiting.remove(partition);
                } else if (known == null || known.offset() != end.stable()) {
                    waiting.put(partition, new Stuck(partition, end.stable(), nowNanos));
                }
            });
        }

        Optional<Stuck> oldest() {
            return waiting.values().stream().min(Comparator.comparingLong(Stuck::sinceNanos));
        }
    }
}

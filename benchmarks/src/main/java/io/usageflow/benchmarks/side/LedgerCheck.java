package io.usageflow.benchmarks.side;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.Polling;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * Compares the forwarder's own ledger with what the feed knows: a side that is fast because it skips does not count.
 */
public final class LedgerCheck {
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration INTERVAL = Duration.ofMillis(200);

    private final LedgerReader reader;

    public LedgerCheck(Topics topics, BenchmarkCluster cluster) {
        reader = new LedgerReader(
                topics,
                Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, cluster.bootstrapServers()),
                cluster.registrySettings());
    }

    /**
     * Waits until the ledger, which is published once a second, has counted all events.
     *
     * @throws IllegalStateException if it counts something else
     */
    void require(long events, long distinct) {
        awaitReceived(events);
        require(LedgerCounter.RECEIVED, events);
        require(LedgerCounter.ADMITTED, distinct);
        require(LedgerCounter.DUPLICATE, events - distinct);
    }

    /**
     * Waits until delivery, alone in these topics, has settled all events.
     *
     * @throws IllegalStateException if it has not delivered each of them, or Credyt knew one already
     */
    public void requireDelivered(long events) {
        awaitReceived(events);
        require(LedgerCounter.RECEIVED, events);
        require(LedgerCounter.DELIVERED, events);
        require(LedgerCounter.ALREADY_KNOWN, 0);
        require(LedgerCounter.DEAD_LETTERED, 0);
    }

    private void awaitReceived(long events) {
        Polling.await(LIMIT, INTERVAL, () -> sum(LedgerCounter.RECEIVED) >= events);
    }

    private void require(LedgerCounter counter, long expected) {
        long counted = sum(counter);
        if (counted != expected) {
            throw new IllegalStateException("the ledger counts " + counted + " as " + counter.key() + " and not "
                    + expected + "; all it counts: " + all());
        }
    }

    /** Above all the dead letters, which say why an event was not admitted. */
    private Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        reader.read(LIMIT).forEach(entry -> entry.getCounters()
                .forEach((counter, count) -> all.merge(counter, count, Long::sum)));
        return all;
    }

    private long sum(LedgerCounter counter) {
        return reader.read(LIMIT).stream()
                .mapToLong(entry -> entry.getCounters().getOrDefault(counter.key(), 0L))
                .sum();
    }
}

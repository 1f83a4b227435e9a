package io.usageflow.forwarder.testing;

import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.ForkedBroker;
import io.usageflow.embedded.ForkedCluster;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The brokers of a fault test: one, or with {@code -Dusageflow.fault.brokers=3} three that replicate to each other with
 * {@code min.insync.replicas=2}. Of three, one after the other is disturbed. For one thread.
 *
 * <p>{@code -Dusageflow.fault.transaction.version=1} gives the cluster that level of the feature, and
 * {@code -Dusageflow.fault.kafka=3.9} runs the broker in that version ({@link KafkaVersion}).
 */
public final class DisturbedBrokers implements AutoCloseable {
    private static final int COUNT = Integer.getInteger("usageflow.fault.brokers", 1);
    private static final String TRANSACTION_VERSION = System.getProperty("usageflow.fault.transaction.version", "");
    private static final String KAFKA = System.getProperty("usageflow.fault.kafka", "");

    private final Optional<ForkedCluster> cluster;
    private ForkedBroker next;
    private int turn;

    private DisturbedBrokers(Optional<ForkedCluster> cluster, ForkedBroker first) {
        this.cluster = cluster;
        this.next = first;
    }

    /**
     * Starts one broker, or as many as the property says.
     *
     * @param settings of each broker
     */
    public static DisturbedBrokers start(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        if (!TRANSACTION_VERSION.isEmpty()) {
            all.put(EmbeddedBrokerOptions.FEATURE + "transaction.version", TRANSACTION_VERSION);
        }
        if (COUNT == 1) {
            EmbeddedBrokerOptions options = EmbeddedBrokerOptions.defaults().withSettings(all);
            return new DisturbedBrokers(
                    Optional.empty(),
                    KAFKA.isEmpty()
                            ? ForkedBroker.start(options)
                            : KafkaVersion.of(KAFKA).start(options));
        }
        if (!KAFKA.isEmpty()) {
            throw new IllegalArgumentException(
                    "usageflow.fault.kafka is " + KAFKA + ": it takes one broker, not " + COUNT);
        }
        ForkedCluster cluster = ForkedCluster.start(COUNT, all);
        return new DisturbedBrokers(Optional.of(cluster), cluster.broker(0));
    }

    public String bootstrapServers() {
        return cluster.map(ForkedCluster::bootstrapServers).orElseGet(next::bootstrapServers);
    }

    /** Whether the others go on while one is away. */
    public boolean areReplicated() {
        return cluster.isPresent();
    }

    /** SIGKILL. */
    public void kill() {
        next.kill();
    }

    /** An orderly stop. */
    public void stop() {
        next.stop();
    }

    /** SIGSTOP. */
    public void pause() {
        next.pause();
    }

    /** Lets the broker that was paused go on; the next one to be disturbed is another. */
    public void resume() {
        next.resume();
        turn();
    }

    /** Starts the broker that was killed or stopped; the next one to be disturbed is another. */
    public void restart() {
        next.restart();
        turn();
    }

    private void turn() {
        cluster.ifPresent(brokers -> next = brokers.broker(++turn % brokers.size()));
    }

    @Override
    public void close() {
        cluster.ifPresentOrElse(ForkedCluster::close, next::close);
    }
}

package io.usageflow.forwarder.testing;

import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.ForkedBroker;
import io.usageflow.embedded.ForkedCluster;
import java.util.Map;
import java.util.Optional;

/**
 * The brokers of a fault test: one, or with {@code -Dusageflow.fault.brokers=3} three that replicate to each other with
 * {@code min.insync.replicas=2}. Of three, one after the other is disturbed. For one thread.
 */
public final class DisturbedBrokers implements AutoCloseable {
    private static final int COUNT = Integer.getInteger("usageflow.fault.brokers", 1);

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
        if (COUNT == 1) {
            return new DisturbedBrokers(
                    Optional.empty(),
                    ForkedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(settings)));
        }
        ForkedCluster cluster = ForkedCluster.start(COUNT, settings);
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

    /** Starts the broker that was killed or stopped; the next one to be disturbed is another. */
    public void restart() {
        next.restart();
        cluster.ifPresent(brokers -> next = brokers.broker(++turn % brokers.size()));
    }

    @Override
    public void close() {
        cluster.ifPresentOrElse(ForkedCluster::close, next::close);
    }
}

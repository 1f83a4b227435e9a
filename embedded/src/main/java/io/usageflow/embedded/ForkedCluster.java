package io.usageflow.embedded;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/**
 * Brokers that replicate to each other, each in a JVM of its own, so that one can be killed while the others go on. A
 * new topic has a replica on each of them, and a write needs all but one of these. Thread-safe.
 */
public final class ForkedCluster implements AutoCloseable {
    private static final List<String> SMALL_JVM =
            List.of("-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=120m");

    private final List<ForkedBroker> brokers;

    private ForkedCluster(List<ForkedBroker> brokers) {
        this.brokers = List.copyOf(brokers);
    }

    /**
     * Returns when all brokers serve their clients.
     *
     * @param size at least 3: fewer have no majority left when one dies
     * @param settings of each broker, over its own ones
     */
    public static ForkedCluster start(int size, Map<String, String> settings) {
        if (size < 3) {
            throw new IllegalArgumentException("size is " + size + ": use at least 3");
        }
        List<Integer> clients = ports(size);
        List<Integer> controllers = ports(size);
        String voters = IntStream.range(0, size)
                .mapToObj(node -> (node + 1) + "@127.0.0.1:" + controllers.get(node))
                .collect(Collectors.joining(","));
        Map<String, String> common = new HashMap<>(replicated(size));
        common.put("controller.quorum.voters", voters);
        common.put(EmbeddedBrokerOptions.CLUSTER_ID, Uuid.randomUuid().toString());
        common.putAll(settings);
        List<ForkedBroker> started = new ArrayList<>();
        var cluster = IntStream.range(0, size)
                .mapToObj(node -> {
                    Map<String, String> own = new HashMap<>(common);
                    own.put("node.id", Integer.toString(node + 1));
                    own.put(
                            "listeners",
                            "CLIENTS://127.0.0.1:" + clients.get(node) + ",CONTROLLER://127.0.0.1:"
                                    + controllers.get(node));
                    return EmbeddedBrokerOptions.defaults()
                            .withPort(clients.get(node))
                            .withSettings(own);
                })
                .toList();
        ExecutorService starting = Executors.newFixedThreadPool(size);
        try {
            // Together: a controller without a majority serves no client.
            List<CompletableFuture<ForkedBroker>> futures = cluster.stream()
                    .map(options ->
                            CompletableFuture.supplyAsync(() -> ForkedBroker.start(options, SMALL_JVM), starting))
                    .toList();
            RuntimeException failure = null;
            for (CompletableFuture<ForkedBroker> future : futures) {
                try {
                    started.add(future.join());
                } catch (CompletionException failed) {
                    failure = failed;
                }
            }
            if (failure != null) {
                started.forEach(ForkedBroker::close);
                throw failure;
            }
            return new ForkedCluster(started);
        } finally {
            starting.shutdown();
        }
    }

    private static List<Integer> ports(int count) {
        return IntStream.range(0, count).map(node -> FreePorts.any()).boxed().toList();
    }

    private static Map<String, String> replicated(int size) {
        String replicas = Integer.toString(size);
        String inSync = Integer.toString(size - 1);
        return Map.of(
                "default.replication.factor", replicas,
                "min.insync.replicas", inSync,
                "offsets.topic.replication.factor", replicas,
                "transaction.state.log.replication.factor", replicas,
                "transaction.state.log.min.isr", inSync,
                "share.coordinator.state.topic.replication.factor", replicas,
                "share.coordinator.state.topic.min.isr", inSync,
                // A killed broker is noticed soon, and its partitions get other leaders.
                "broker.session.timeout.ms", "3000",
                "broker.heartbeat.interval.ms", "500");
    }

    public int size() {
        return brokers.size();
    }

    /** For {@code bootstrap.servers}: all brokers, also those that do not run. */
    public String bootstrapServers() {
        return brokers.stream().map(ForkedBroker::bootstrapServers).collect(Collectors.joining(","));
    }

    /**
     * One of the brokers.
     *
     * @param index from 0
     */
    public ForkedBroker broker(int index) {
        return brokers.get(index);
    }

    /** Kills all brokers and deletes their data. A second call does nothing. */
    @Override
    public void close() {
        List<RuntimeException> failures = new ArrayList<>();
        Consumer<ForkedBroker> closing = broker -> {
            try {
                broker.close();
            } catch (RuntimeException failed) {
                failures.add(failed);
            }
        };
        brokers.forEach(closing);
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }
}

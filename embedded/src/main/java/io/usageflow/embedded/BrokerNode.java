package io.usageflow.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * One run of a KRaft node that is broker and controller, from start to shutdown. Formats the directory first where that
 * was never done.
 */
final class BrokerNode {
    private final KafkaRaftServer server;

    private BrokerNode(KafkaRaftServer server) {
        this.server = server;
    }

    /**
     * Starts a node and returns when it serves its clients.
     *
     * @throws RuntimeException of Kafka's own where it cannot start; nothing is left running then
     */
    static BrokerNode start(Path directory, int port, int controllerPort, Map<String, String> settings) {
        Properties properties = properties(directory, port, controllerPort, settings);
        format(directory, properties, settings);
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        try {
            server.startup();
        } catch (RuntimeException e) {
            server.shutdown();
            throw e;
        }
        return new BrokerNode(server);
    }

    void stop() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void format(Path directory, Properties properties, Map<String, String> settings) {
        Path log = Path.of(properties.getProperty("log.dirs"));
        if (Files.exists(log.resolve("meta.properties"))) {
            return;
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try {
            Files.createDirectories(log);
            Path file = directory.resolve("server.properties");
            try (OutputStream out = Files.newOutputStream(file)) {
                properties.store(out, null);
            }
            List<String> command = new ArrayList<>(List.of(
                    "format",
                    "--cluster-id",
                    settings.getOrDefault(
                            EmbeddedBrokerOptions.CLUSTER_ID, Uuid.randomUuid().toString()),
                    "--config",
                    file.toString(),
                    "--ignore-formatted"));
            settings.forEach((key, level) -> {
                if (key.startsWith(EmbeddedBrokerOptions.FEATURE)) {
                    command.addAll(
                            List.of("--feature", key.substring(EmbeddedBrokerOptions.FEATURE.length()) + "=" + level));
                }
            });
            int code = StorageTool.execute(
                    command.toArray(String[]::new), new PrintStream(said, true, StandardCharsets.UTF_8));
            if (code != 0) {
                throw new IllegalStateException("Kafka could not format " + log + ": "
                        + said.toString(StandardCharsets.UTF_8).strip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the broker's data directory " + directory + " cannot be written: choose another", e);
        }
    }

    private static Properties properties(Path directory, int port, int controllerPort, Map<String, String> settings) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listeners", "CLIENTS://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
        all.put("advertised.listeners", "CLIENTS://127.0.0.1:" + port);
        all.put("inter.broker.listener.name", "CLIENTS");
        all.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
        all.put("log.dirs", directory.resolve("log").toString());
        all.putAll(ONE_NODE);
        all.putAll(SMALL);
        all.putAll(settings);
        all.keySet()
                .removeIf(key ->
                        key.startsWith(EmbeddedBrokerOptions.FEATURE) || key.equals(EmbeddedBrokerOptions.CLUSTER_ID));
        Properties properties = new Properties();
        properties.putAll(all);
        return properties;
    }

    /** There is no other node to replicate to or to wait for. */
    private static final Map<String, String> ONE_NODE = Map.of(
            "auto.create.topics.enable", "false",
            "default.replication.factor", "1",
            "offsets.topic.replication.factor", "1",
            "transaction.state.log.replication.factor", "1",
            "transaction.state.log.min.isr", "1",
            "share.coordinator.state.topic.replication.factor", "1",
            "share.coordinator.state.topic.min.isr", "1",
            "group.initial.rebalance.delay.ms", "0",
            "server.max.startup.time.ms", "60000",
            // A producer that a test has killed must not hold back read_committed consumers for ten seconds more.
            "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");

    /** Few threads and small files, for a quick start and a quick deletion. */
    private static final Map<String, String> SMALL = Map.of(
            "offsets.topic.num.partitions", "4",
            "offsets.topic.segment.bytes", "4194304",
            "transaction.state.log.num.partitions", "4",
            "transaction.state.log.segment.bytes", "4194304",
            "share.coordinator.state.topic.num.partitions", "1",
            "log.segment.bytes", "67108864",
            "log.index.size.max.bytes", "1048576",
            "log.cleaner.dedupe.buffer.size", "8388608",
            "num.network.threads", "2",
            "num.io.threads", "4");
}

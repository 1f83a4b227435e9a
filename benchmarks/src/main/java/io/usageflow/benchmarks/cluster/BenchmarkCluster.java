package io.usageflow.benchmarks.cluster;

import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.ForkedBroker;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.schema.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Utils;

/**
 * A broker in a JVM of its own (1 GB, G1, replication factor 1) and a schema registry in this one, under a temporary
 * folder that is deleted in the end. Thread-safe; close it.
 */
public final class BenchmarkCluster implements AutoCloseable {
    /** Of the topics that share the accounts' partitioning. */
    private static final int PARTITIONS = 6;

    private static final List<String> BROKER_JVM =
            List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC", CpuTimes.LASTING_COMPILERS);
    private static final Duration TOPICS_RETENTION = Duration.ofDays(35);

    /** Kafka's own defaults, if an embedded broker has smaller ones. */
    private static final Map<String, String> BROKER_SETTINGS = Map.of(
            "log.segment.bytes", "1073741824",
            "log.index.size.max.bytes", "10485760",
            "log.cleaner.dedupe.buffer.size", "134217728",
            "offsets.topic.segment.bytes", "104857600",
            "transaction.state.log.segment.bytes", "104857600",
            "num.network.threads", "3",
            "num.io.threads", "8");

    private final Path directory;
    private final ForkedBroker broker;
    private final SchemaRegistryServer registry;
    private final Admin admin;
    private final Collection<Long> processes = new CopyOnWriteArrayList<>();

    private BenchmarkCluster(Path directory, ForkedBroker broker, SchemaRegistryServer registry) {
        this.directory = directory;
        this.broker = broker;
        this.registry = registry;
        this.admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()));
        processes.add(broker.pid());
        processes.add(ProcessHandle.current().pid());
    }

    /** Starts both, and returns when they answer. */
    public static BenchmarkCluster start() {
        List<AutoCloseable> started = new ArrayList<>();
        try {
            Path directory = Files.createTempDirectory("usageflow-benchmark-");
            started.add(() -> Utils.delete(directory.toFile()));
            ForkedBroker broker = ForkedBroker.start(
                    EmbeddedBrokerOptions.defaults()
                            .withDataDirectory(directory.resolve("kafka"))
                            .withSettings(BROKER_SETTINGS),
                    BROKER_JVM);
            started.add(broker);
            SchemaRegistryServer registry = SchemaRegistryServer.start(0);
            started.add(registry);
            return new BenchmarkCluster(directory, broker, registry);
        } catch (IOException failed) {
            closeAll(started, failed);
            throw new UncheckedIOException("no temporary folder could be made: set java.io.tmpdir", failed);
        } catch (RuntimeException failed) {
            closeAll(started, failed);
            throw failed;
        }
    }

    /** Starts a process of the benchmark's own, with a log in the folder; its CPU time is the benchmark's. */
    public ChildProcess startProcess(String name, Class<?> main, List<String> arguments, List<String> jvm) {
        Path log = directory.resolve(name.replace(' ', '-') + ".log");
        ChildProcess process = ChildProcess.start(name, main, arguments, jvm, log);
        processes.add(process.pid());
        return process;
    }

    public void create(Topics topics) {
        TopicCreation.create(admin, topics.specs(PARTITIONS, TOPICS_RETENTION));
    }

    /** Makes room for other topics: the broker deletes the files a minute later. */
    public void delete(Topics topics) {
        admin.deleteTopics(topics.specs(PARTITIONS, TOPICS_RETENTION).stream()
                .map(spec -> spec.name())
                .toList());
    }

    /** Returns the settings of a forwarder for these topics; its state goes to {@link #stateFolder}. */
    public Map<String, String> forwarderSettings(Topics topics, String roles, String instance) {
        Map<String, String> settings = new HashMap<>(registrySettings());
        settings.put("kafka.bootstrap.servers", bootstrapServers());
        settings.put("roles", roles);
        settings.put("topics.prefix", topics.prefix());
        settings.put("topics.replication", "1");
        settings.put("instance.id", instance);
        settings.put("admin.port", "0");
        settings.put("admin.page.max.age", "0s");
        settings.put("state.dir", stateFolder(topics).toString());
        return settings;
    }

    public Path stateFolder(Topics topics) {
        return directory.resolve("state-" + topics.prefix());
    }

    /** Bytes of the state folder. */
    public long stateBytes(Topics topics) {
        Path folder = stateFolder(topics);
        if (!Files.exists(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(BenchmarkCluster::size).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException compacted) {
            // RocksDB replaces files in the background.
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Map<String, String> registrySettings() {
        return Map.of("schema.registry.url", registry.url());
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public Admin admin() {
        return admin;
    }

    public Path directory() {
        return directory;
    }

    /** Bytes of the broker's logs, by topic. */
    public Map<String, Long> logBytes() {
        try {
            List<Integer> brokers =
                    admin.describeCluster().nodes().get().stream().map(Node::id).toList();
            Map<String, Long> bytes = new HashMap<>();
            admin.describeLogDirs(brokers).allDescriptions().get().values().stream()
                    .flatMap(folders -> folders.values().stream())
                    .forEach(folder -> folder.replicaInfos()
                            .forEach(
                                    (partition, replica) -> bytes.merge(partition.topic(), replica.size(), Long::sum)));
            return bytes;
        } catch (ExecutionException e) {
            throw new KafkaException("the sizes of the logs cannot be read", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    public long brokerPid() {
        return broker.pid();
    }

    public CpuTimes cpuTimes(long pid) {
        return new CpuTimes(pid, broker.pid(), processes);
    }

    /** How the cluster is set up, for a report. */
    public record Setup(int partitions, int replicationFactor, String brokerJvm) {}

    public static Setup setup() {
        return new Setup(PARTITIONS, 1, String.join(" ", BROKER_JVM));
    }

    @Override
    public void close() {
        admin.close();
        registry.close();
        broker.close();
        try {
            Utils.delete(directory.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("the temporary folder " + directory + " could not be deleted", e);
        }
    }

    /** The last one started first. */
    private static void closeAll(List<AutoCloseable> started, Exception cause) {
        for (int last = started.size() - 1; last >= 0; last--) {
            try {
                started.get(last).close();
            } catch (Exception failed) {
                cause.addSuppressed(failed);
            }
        }
    }
}

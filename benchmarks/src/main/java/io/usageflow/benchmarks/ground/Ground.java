package io.usageflow.benchmarks.ground;

import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.ForkedBroker;
import io.usageflow.embedded.SchemaRegistryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.utils.Utils;

/**
 * A broker in a JVM of its own, as PERFORMANCE's figures had it (1 GB, G1, replication factor 1), and a schema registry in
 * this one, under a temporary folder that is deleted in the end. Thread-safe; close it.
 */
public final class Ground implements AutoCloseable {
    /** Of the topics that share the accounts' partitioning. */
    public static final int PARTITIONS = 6;

    public static final List<String> BROKER_JVM = List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC");

    /** Kafka's own defaults, where an embedded broker has smaller ones. */
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

    private Ground(Path directory, ForkedBroker broker, SchemaRegistryServer registry) {
        this.directory = directory;
        this.broker = broker;
        this.registry = registry;
        this.admin = Admin.create(Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()));
        processes.add(broker.pid());
        processes.add(ProcessHandle.current().pid());
    }

    /** Returns when both answer. */
    public static Ground start() {
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
            return new Ground(directory, broker, registry);
        } catch (IOException failed) {
            closeAll(started, failed);
            throw new UncheckedIOException("no temporary folder could be made: set java.io.tmpdir", failed);
        } catch (RuntimeException failed) {
            closeAll(started, failed);
            throw failed;
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

    /** From now on its CPU time is the benchmark's own. */
    public void count(long pid) {
        processes.add(pid);
    }

    public CpuTimes cpuTimes(long pid) {
        return new CpuTimes(pid, broker.pid(), processes);
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
    private static void closeAll(List<AutoCloseable> started, Exception because) {
        for (int last = started.size() - 1; last >= 0; last--) {
            try {
                started.get(last).close();
            } catch (Exception failed) {
                because.addSuppressed(failed);
            }
        }
    }
}

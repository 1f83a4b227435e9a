package io.usageflow.cli.demo;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The whole pipeline in this process: broker, registry, Credyt's stand-in, and the forwarder as it is shipped. Started
 * once, run once, closed once; not thread-safe.
 */
public final class Demo implements AutoCloseable {
    private static final int PARTITIONS = 6;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final List<DemoAccount> accounts;
    private final Settings settings;
    private final DemoCredyt credyt;
    private final Forwarder forwarder;

    private Demo(int accountCount) {
        accounts = IntStream.range(0, accountCount).mapToObj(DemoAccount::new).toList();
        try {
            Path stateDir = temporaryFolder();
            parts.push(() -> delete(stateDir));
            credyt = DemoCredyt.start(accounts);
            parts.push(credyt);
            EmbeddedBroker broker = EmbeddedBroker.start();
            parts.push(broker);
            settings = settings(broker, credyt, stateDir);
            Topics topics = settings.topics().names();
            TopicCreation.create(
                    broker.bootstrapServers(),
                    topics.specs(PARTITIONS, settings.admission().guard().window()));
            forwarder = Forwarder.start(settings);
            parts.push(forwarder);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts all parts and returns when they work.
     *
     * @param accounts how many customers Credyt's stand-in gets, at least 1
     */
    public static Demo start(int accounts) {
        return new Demo(accounts);
    }

    /**
     * Publishes the trace and everything planted into it, waits until all is quiet, and compares.
     *
     * @param progress gets a line for people now and then
     */
    public DemoReport run(DemoTrace trace, DemoOptions options, Consumer<String> progress) {
        DemoTrace now = trace.endingAt(Instant.now());
        return new DemoRun(settings, PARTITIONS, credyt, accounts, progress).run(now, options.speed());
    }

    /** Where the parts can be looked at while they run. */
    public List<String> addresses() {
        return List.of(
                "Kafka              " + settings.kafka().bootstrapServers(),
                "Credyt's stand-in  " + credyt.sandbox().url() + "/__sandbox/stats",
                "forwarder          " + forwarder.adminUrl() + "/health/ready and /metrics");
    }

    private static Settings settings(EmbeddedBroker broker, DemoCredyt credyt, Path stateDir) {
        Map<String, String> values = new HashMap<>();
        values.put("kafka.bootstrap.servers", broker.bootstrapServers());
        values.put("schema.registry.url", "mock://demo-" + UUID.randomUUID());
        values.put("credyt.url", credyt.sandbox().url().toString());
        values.put("credyt.api.key", DemoCredyt.API_KEY);
        values.put("state.dir", stateDir.toString());
        values.put("admin.port", "0");
        values.put("admission.standby.replicas", "0");
        // A person waits for the end: what takes minutes in production takes seconds here.
        values.put("delivery.customer.unknown.budget", "3s");
        return Settings.load(ConfigSources.none().with(values, "the demo"));
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("usageflow-demo");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder can be made: free some disk space", e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Ends the parts in reverse, each whatever became of the others; the first failure is thrown at the end. */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (AutoCloseable part = parts.poll(); part != null; part = parts.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("a part of the demo did not stop in order", e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

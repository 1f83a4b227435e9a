package io.usageflow.cli.dev;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.KafkaSettings;
import io.usageflow.forwarder.config.ProcessSettings;
import io.usageflow.forwarder.config.RegistrySettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicsNotReadyException;
import io.usageflow.forwarder.topics.TopicAdmin;
import io.usageflow.forwarder.topics.TopicPlan;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.schema.file.PrivateFiles;
import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Broker, schema registry and Credyt stand-in on 127.0.0.1, with the topics made. Thread-safe; close it. */
public final class DevEnvironment implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DevEnvironment.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(60);

    private final DevOptions options;
    /** The last one started is the first to be closed. */
    private final Deque<AutoCloseable> running = new ArrayDeque<>();

    private final Path directory;
    private final String bootstrapServers;
    private final String registryUrl;
    private final CredytSandbox sandbox;

    private DevEnvironment(DevOptions options, SandboxOptions sandboxOptions) {
        this.options = options;
        try {
            directory = options.data().isPresent() ? made(options.data().get()) : temporary();
            // The quick ones first: a busy port is reported before the broker is up.
            SchemaRegistryServer registry = started(
                    options.data().isPresent()
                            ? SchemaRegistryServer.start(options.registryPort(), directory.resolve("schemas.journal"))
                            : SchemaRegistryServer.start(options.registryPort()));
            SandboxOptions credyt =
                    sandboxOptions.withPort(options.sandboxPort()).withApiKeys(options.apiKey());
            sandbox = started(CredytSandbox.start(
                    options.overdraftLimit().map(credyt::withOverdraftLimit).orElse(credyt)));
            var broker = EmbeddedBrokerOptions.defaults().withPort(options.brokerPort());
            bootstrapServers = started(EmbeddedBroker.start(
                            options.data().isPresent()
                                    ? broker.withDataDirectory(made(directory.resolve("kafka")))
                                    : broker))
                    .bootstrapServers();
            registryUrl = registry.url();
        } catch (RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /**
     * Returns when all parts answer and the topics exist.
     *
     * @throws RuntimeException with the remedy in its message, if a port is busy or kept topics do not fit
     */
    public static DevEnvironment start(DevOptions options) {
        return start(options, SandboxOptions.dev());
    }

    /** As {@link #start(DevOptions)}, with a stand-in of other rules and other content. */
    public static DevEnvironment start(DevOptions options, SandboxOptions sandboxOptions) {
        var environment = new DevEnvironment(options, sandboxOptions);
        try {
            environment.makeTopics();
            return environment;
        } catch (RuntimeException failed) {
            environment.close();
            throw failed;
        }
    }

    private void makeTopics() {
        Settings settings = Settings.load(ConfigSources.none().with(settings(), "usageflow dev"));
        try (TopicAdmin admin = TopicAdmin.connect(settings.kafka(), ANSWER_WITHIN)) {
            TopicPlan plan = admin.plan(settings, OptionalInt.empty());
            admin.create(plan, (short) 1);
            TopicPlan made = admin.plan(settings, OptionalInt.empty());
            if (!made.obstacles().isEmpty()) {
                throw new TopicsNotReadyException(made.obstacles());
            }
        }
    }

    /** What a forwarder or a client must be told to use this environment; beats defaults, yields to anything given. */
    public Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        settings.put(KafkaSettings.BOOTSTRAP_SERVERS, bootstrapServers);
        settings.put(RegistrySettings.URL, registryUrl);
        settings.put(CredytSettings.URL, credytUrl());
        settings.put(CredytSettings.API_KEY, options.apiKey());
        settings.put(ProcessSettings.STATE_DIR, directory.resolve("state").toString());
        return settings;
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    public String registryUrl() {
        return registryUrl;
    }

    public String credytUrl() {
        return sandbox.url().toString();
    }

    public CredytSandbox sandbox() {
        return sandbox;
    }

    private <T extends AutoCloseable> T started(T part) {
        running.push(part);
        return part;
    }

    private static Path made(Path directory) {
        try {
            return PrivateFiles.createDirectories(directory);
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    private Path temporary() {
        try {
            Path made = Files.createTempDirectory("usageflow-dev-");
            started(() -> org.apache.kafka.common.utils.Utils.delete(made.toFile()));
            return made;
        } catch (IOException denied) {
            throw new UncheckedIOException(denied);
        }
    }

    /** Stops the parts in reverse order; a second call does nothing. */
    @Override
    public synchronized void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception failed) {
                // The others must still be closed.
                LOG.warn("event=close_failed why={}", VisibleText.logged(failed), failed);
            }
        }
    }
}

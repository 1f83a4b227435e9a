package io.usageflow.cli.demo;

import io.usageflow.cli.dev.DevEnvironment;
import io.usageflow.cli.dev.DevOptions;
import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * The whole pipeline in this process: broker, registry, Credyt's stand-in, and the forwarder as it is shipped. Started
 * once, run once, closed once; not thread-safe.
 */
public final class Demo implements AutoCloseable {
    private final List<DemoAccount> accounts;
    private final DevEnvironment environment;
    private final Settings settings;
    private final DemoCredyt credyt;
    private final Forwarder forwarder;

    private Demo(int accountCount) {
        accounts = IntStream.range(0, accountCount).mapToObj(DemoAccount::new).toList();
        environment = DevEnvironment.start(DevOptions.onFreePorts(), DemoCredyt.OPTIONS);
        try {
            credyt = DemoCredyt.of(environment.sandbox(), accounts);
            settings = Settings.load(ConfigSources.none()
                    .with(environment.settings(), "the demo")
                    .with(
                            Map.of(
                                    "admin.port", "0",
                                    "admission.standby.replicas", "0",
                                    // A person waits for the end: minutes in production are seconds here.
                                    "delivery.customer.unknown.budget", "3s"),
                            "the demo"));
            forwarder = Forwarder.start(settings);
        } catch (RuntimeException failed) {
            environment.close();
            throw failed;
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
        return new DemoRun(settings, settings.topics().partitions(), credyt, accounts, progress)
                .run(now, options.speed());
    }

    /** Where the parts can be looked at while they run. */
    public List<String> addresses() {
        return List.of(
                "Kafka              " + settings.kafka().bootstrapServers(),
                "Credyt's stand-in  " + credyt.sandbox().url() + "/__sandbox/stats",
                "forwarder          " + forwarder.adminUrl() + "/health/ready and /metrics");
    }

    /** Ends the forwarder, then what it needs. */
    @Override
    public void close() {
        try {
            forwarder.close();
        } finally {
            environment.close();
        }
    }
}

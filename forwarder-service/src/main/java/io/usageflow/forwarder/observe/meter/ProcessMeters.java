package io.usageflow.forwarder.observe.meter;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.Version;
import java.util.List;

/** The process's registry of meters, with those of the JVM bound to it. Thread-safe; close it. */
public final class ProcessMeters implements AutoCloseable {
    public static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    public static final String PLAIN = "text/plain; version=0.0.4; charset=utf-8";

    static final String BUILD_INFO = "usageflow.build.info";
    static final String BUILD_INFO_DOC = "Always 1; the label says which version runs.";

    public static final String CLOCK_AHEAD = "usageflow.clock.ahead";
    public static final String CLOCK_AHEAD_DOC =
            "How far this machine's clock is ahead of the broker's, negative where it is behind;"
                    + " compared once a minute.";

    static final String STAGE_READY = "usageflow.stage.ready";
    static final String STAGE_READY_DOC = "1 while events flow through the stage, or would if any came; otherwise 0.";

    public static final String TRANSACTION_RECOVERED = "usageflow.transaction.recovered";
    public static final String TRANSACTION_RECOVERED_DOC =
            "Partitions on which Kafka left a transaction open after a broker died"
                    + " (docs/transaction-recovery.md), by what was"
                    + " done: marker, the missing marker was written; transaction, a transaction of our"
                    + " own ended it, also"
                    + " as a precaution where this user may not look; held, this user may not end it,"
                    + " and the stage waits"
                    + " and asks again.";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    public ProcessMeters() {
        List.of(
                        new JvmMemoryMetrics(),
                        collections,
                        new JvmThreadMetrics(),
                        new ClassLoaderMetrics(),
                        new ProcessorMetrics(),
                        new FileDescriptorMetrics(),
                        new UptimeMetrics())
                .forEach(meters -> meters.bindTo(registry));
        Gauge.builder(BUILD_INFO, () -> 1)
                .description(BUILD_INFO_DOC)
                .tag("version", Version.current())
                .register(registry);
    }

    /** From now on with the readiness of these. */
    public void watch(List<? extends Stage> stages) {
        stages.forEach(
                stage -> Gauge.builder(STAGE_READY, stage, each -> each.health().ready() ? 1 : 0)
                        .description(STAGE_READY_DOC)
                        .tag("stage", stage.name())
                        .register(registry));
    }

    public PrometheusMeterRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}

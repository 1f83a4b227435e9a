package io.usageflow.benchmarks.program;

import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.HealthReport;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The forwarder as {@code usageflow forwarder} runs it, with the roles set. Its own ledger counts what came out. */
public final class ForwarderProgram implements SideProgram {
    private @Nullable Forwarder forwarder;

    @Override
    public void start(Settings settings) {
        forwarder = Forwarder.start(settings);
    }

    @Override
    public boolean ready() {
        return forwarder != null && forwarder.health().ready();
    }

    @Override
    public void requireAlive() {
        HealthReport health = started().health();
        if (!health.live()) {
            throw new IllegalStateException("the forwarder is dead: " + health.stages());
        }
    }

    @Override
    public String metricsUrl() {
        return forwarder == null ? "" : forwarder.adminUrl() + "/metrics";
    }

    private Forwarder started() {
        return Objects.requireNonNull(forwarder, "the forwarder was not started");
    }

    @Override
    public void stop() {
        if (forwarder != null) {
            forwarder.close();
            forwarder = null;
        }
    }
}

package io.usageflow.benchmarks.side;

import io.usageflow.forwarder.Forwarder;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.HealthReport;
import org.jspecify.annotations.Nullable;

/** The forwarder as {@code usageflow forwarder} runs it, with the roles set. What came out stands in its own ledger. */
final class ForwarderProgram implements SideProgram {
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
        if (forwarder == null) {
            throw new IllegalStateException("the forwarder was not started");
        }
        HealthReport health = forwarder.health();
        if (!health.live()) {
            throw new IllegalStateException("the forwarder is dead: " + health.stages());
        }
    }

    @Override
    public long forwarded() {
        return -1;
    }

    @Override
    public String metricsUrl() {
        return forwarder == null ? "" : forwarder.adminUrl() + "/metrics";
    }

    @Override
    public void stop() {
        if (forwarder != null) {
            forwarder.close();
            forwarder = null;
        }
    }
}

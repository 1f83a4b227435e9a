package io.usageflow.forwarder.observe;

import static io.usageflow.forwarder.testing.PublicSurface.requireUnchanged;

import io.usageflow.forwarder.observe.http.AdminServer;
import io.usageflow.forwarder.testing.JsonShape;
import io.usageflow.forwarder.testing.SampleValues;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdminPortSurfaceTest {
    @Test
    void shouldKeepWhatProbesAndScrapersAsk() {
        requireUnchanged("Routes of the admin port", List.of(AdminServer.LIVE, AdminServer.READY, AdminServer.METRICS));
        requireUnchanged(
                "JSON of the admin port, health",
                JsonShape.of(SampleValues.of(HealthReport.class).stream()
                        .map(HealthReport::page)
                        .toList()));
        requireUnchanged(
                "JSON of the admin port, refusals",
                JsonShape.of(List.of(AdminPage.Answer.notNow(SampleValues.TEXT).body())));
    }
}

package io.usageflow.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.load.EventIds;
import io.usageflow.benchmarks.side.SideOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That the harness works, with all its processes. How long it took is no matter for a test. */
class LatencyBenchmarkIT {
    @Test
    void shouldFindEveryFigure() {
        LatencyBenchmark.Plan plan = new LatencyBenchmark.Plan(true, 2, 500, 2, 200);
        SideOptions options = new SideOptions(
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), Map.of(), EventIds.Kind.V4);

        ObjectNode json = new LatencyBenchmark(plan, options).run().json();

        for (String figure : List.of("P7_p50_ms", "P7_p99_ms", "P7_p999_ms", "P7_max_ms")) {
            assertThat(json.get(figure).asDouble()).as(figure).isPositive();
        }
        assertThat(json.get("P7_p99_ms").asDouble())
                .isGreaterThanOrEqualTo(json.get("P7_p50_ms").asDouble());
        assertThat(json.at("/rounds")).hasSize(2);
        for (String stage : List.of("publishToAdmitted", "publishToVisible", "visibleToRequest")) {
            assertThat(json.at("/stages/" + stage + "/p50_ms").isNumber())
                    .as(stage)
                    .isTrue();
        }
        assertThat(json.at("/settings/forwarder/delivery.order").asText()).isEqualTo("customer");
    }
}

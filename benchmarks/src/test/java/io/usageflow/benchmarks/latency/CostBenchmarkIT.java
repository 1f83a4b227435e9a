package io.usageflow.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.load.EventIds;
import io.usageflow.benchmarks.side.SideOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That the harness works, with all its processes. What it costs is no matter for a test. */
class CostBenchmarkIT {
    @Test
    void shouldFindEveryFigure() {
        CostBenchmark.Plan plan = new CostBenchmark.Plan(true, 1, 500, 1);
        SideOptions options = new SideOptions(
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), Map.of(), EventIds.Kind.V4);

        ObjectNode json = new CostBenchmark(plan, options).run().json();

        for (String figure : List.of("P13_10", "P13_100", "P13_1000", "P7_p50_ms", "P7_p99_ms")) {
            assertThat(json.get(figure).asDouble()).as(figure).isPositive();
        }
        // One idle second costs less than the clock tells in the worst case.
        assertThat(json.get("P13_0").asDouble()).isNotNegative();
        // The compilers of two JVMs that have just started: what P13 must not contain.
        assertThat(json.at("/eventsPerSecond/1000/jit").asDouble()).isPositive();
        assertThat(json.at("/eventsPerSecond/10/rounds/0/latency/max_ms").asDouble())
                .isPositive();
    }
}

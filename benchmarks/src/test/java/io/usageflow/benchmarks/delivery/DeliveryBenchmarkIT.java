package io.usageflow.benchmarks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.load.EventIds;
import io.usageflow.benchmarks.side.SideOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That the harness works, with all its processes. How large a figure is, is no matter for a test. */
class DeliveryBenchmarkIT {
    @Test
    void shouldFindEveryFigure() {
        DeliveryBenchmark.Plan plan = new DeliveryBenchmark.Plan(
                true,
                1,
                0,
                List.of(
                        DeliveryBenchmark.Phase.atOnce(1_000, 300, 1_000, 300, 300),
                        DeliveryBenchmark.Phase.thinking(20, 1_000, 200, 1_000, 200, 20),
                        DeliveryBenchmark.Phase.alone(20, 16, 1_000)));
        SideOptions options = new SideOptions(
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), Map.of(), EventIds.Kind.V4);

        ObjectNode json = new DeliveryBenchmark(plan, options).run().json();

        for (String figure :
                List.of("P4", "P5", "P6", "P10", "P4_0ms", "P4_20ms", "P5_0ms", "P5_20ms", "P6_20ms-16", "P10_0ms")) {
            assertThat(json.get(figure).asDouble()).as(figure).isPositive();
        }
        for (String side : List.of("delivery", "vertx-key", "vertx-batch", "core-key", "naive")) {
            assertThat(json.at("/sides/0ms/" + side + "/rounds")).as(side).hasSize(1);
            assertThat(json.at("/sides/0ms/" + side + "/cpuMicrosPerEvent").isNumber())
                    .as(side)
                    .isTrue();
        }
        assertThat(json.at("/sides/0ms/vertx-key/eventsPerRequest").asDouble()).isEqualTo(1);
        assertThat(json.at("/settings/forwarder/delivery.batch.max.events").asText())
                .isEqualTo("100");
        assertThat(json.get("quick").asBoolean()).isTrue();
    }
}

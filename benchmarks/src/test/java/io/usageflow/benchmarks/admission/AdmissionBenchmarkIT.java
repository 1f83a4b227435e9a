package io.usageflow.benchmarks.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.load.EventIds;
import io.usageflow.benchmarks.side.SideOptions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** That the harness works, with all its processes. How large a figure is, is no matter for a test. */
class AdmissionBenchmarkIT {
    @Test
    void shouldFindEveryFigure() {
        AdmissionBenchmark.Plan plan = new AdmissionBenchmark.Plan(
                true, 1, 2_000, 1_000, 1_000, new AdmissionBenchmark.Slices(500, 500, 500), 20_000, false);
        SideOptions options = new SideOptions(
                List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"), Map.of(), EventIds.Kind.V7);

        ObjectNode json = new AdmissionBenchmark(plan, options).run().json();

        for (String ratio : List.of("P1", "P2", "P3", "P2b")) {
            assertThat(json.get(ratio).asDouble()).as(ratio).isPositive();
            assertThat(json.at("/figures/" + ratio + "/byRound")).hasSize(1);
        }
        for (String figure : List.of("P11", "P11b", "P14_restart_s", "P14_takeover_s", "restore_s")) {
            assertThat(json.get(figure).asDouble()).as(figure).isNotNegative();
        }
        assertThat(json.at("/preload/records").asLong()).isGreaterThanOrEqualTo(20);
        assertThat(json.get("quick").asBoolean()).isTrue();
        assertThat(json.at("/settings/streams/processing.guarantee").asText()).isEqualTo("exactly_once_v2");
        assertThat(json.at("/settings/forwarder/admission.threads").asText()).isEqualTo("2");
        assertThat(json.at("/sides/P3/window-store/rounds/0/idsBefore").asLong())
                .isGreaterThanOrEqualTo(1_000);
    }
}

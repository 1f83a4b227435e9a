package io.usageflow.benchmarks.producer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That the harness works, with all its processes and JMH. How fast it was is no matter for a test. */
class ProducerBenchmarkIT {
    @Test
    void shouldFindEveryFigure() {
        ProducerBenchmark.Plan plan =
                new ProducerBenchmark.Plan(true, List.of(ProducerSide.values()), 2, 2_000, 1, 500, 3);

        ObjectNode json = new ProducerBenchmark(
                        plan, List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"))
                .run()
                .json();

        for (String figure : List.of(
                "P8",
                "P8_madeBefore",
                "P8_byCpu",
                "P9",
                "P9_untilKafkaHasIt",
                "callP99_ratio",
                "jmhNanos_ratio",
                "jmhBytes_ratio")) {
            assertThat(json.get(figure).asDouble()).as(figure).isPositive();
        }
        for (ProducerSide side : ProducerSide.values()) {
            assertThat(json.at("/sides/" + side.word() + "/rounds")).hasSize(2);
            assertThat(json.at("/sides/" + side.word() + "/callerBytesPerEvent").asLong())
                    .isGreaterThan(500);
            assertThat(json.at("/settings/" + side.word() + "/buffer.memory").asText())
                    .isEqualTo("33554432");
        }
        assertThat(json.at("/otherCores")).hasSize(2);
        assertThat(json.at("/jmhPerEvent/raw/callerNanos").asDouble()).isPositive();
    }
}

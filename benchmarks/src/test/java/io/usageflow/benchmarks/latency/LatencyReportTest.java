package io.usageflow.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LatencyReportTest {
    @Test
    void shouldTakeTheSmallestValueThatTheShareDoesNotExceed() {
        long[] micros =
                LongStream.rangeClosed(1, 1_000).map(i -> (1_001 - i) * 1_000).toArray();

        assertThat(LatencyReport.Distribution.of(micros))
                .isEqualTo(new LatencyReport.Distribution(500, 900, 990, 999, 1_000));
    }

    @Test
    void shouldHoldForOneEvent() {
        assertThat(LatencyReport.Distribution.of(new long[] {1_500}))
                .isEqualTo(new LatencyReport.Distribution(1.5, 1.5, 1.5, 1.5, 1.5));
    }
}

package io.usageflow.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.usageflow.benchmarks.measure.SliceWatch.Speed;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeedTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void shouldTakeTheMiddleOfASlice() {
        // A slow beginning and a slow end around three seconds of 250 a second.
        List<Speed.Sample> samples =
                List.of(at(0, 0, 0), at(10, 150, 5), at(11, 400, 6), at(12, 650, 7), at(13, 900, 8), at(30, 1000, 12));

        Speed speed = Speed.of(samples, 1000);

        assertThat(speed.eventsPerSecond()).isEqualTo(250, within(0.001));
        assertThat(speed.eventsMeasured()).isEqualTo(750);
        assertThat(speed.cpuMicrosPerEvent()).isEqualTo(3e6 / 750, within(0.001));
        assertThat(speed.brokerCpuMicrosPerEvent()).isEqualTo(1.5e6 / 750, within(0.001));
        assertThat(speed.otherCores()).isEqualTo(0.5, within(0.001));
    }

    @Test
    void shouldTakeAllOfASliceThatWasHandledBetweenTwoLooks() {
        Speed speed = Speed.of(List.of(at(0, 0, 0), at(2, 100, 1)), 100);

        assertThat(speed.eventsPerSecond()).isEqualTo(50, within(0.001));
        assertThat(speed.eventsMeasured()).isEqualTo(100);
    }

    @Test
    void shouldRefuseASliceThatWasNotHandled() {
        assertThatThrownBy(() -> Speed.of(List.of(at(0, 0, 0), at(1, 10, 1)), 100))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** The broker uses half of what the side uses; others use half a core. */
    private static Speed.Sample at(long seconds, long handled, long ownSeconds) {
        long ours = ownSeconds * SECOND * 3 / 2;
        return new Speed.Sample(
                seconds * SECOND,
                handled,
                new CpuTimes.Reading(ownSeconds * SECOND, ownSeconds * SECOND / 2, ours + seconds * SECOND / 2, ours));
    }
}

package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SurgeGuardProperties {
    /** Positive: accepted; negative: want to step aside. */
    @Property
    void neverLetsMoreStepAsideThanTheReserveAndWhatSuccessesEarned(
            @ForAll @IntRange(min = 1, max = 500) int max,
            @ForAll @Size(max = 60) List<@IntRange(min = -300, max = 300) Integer> story) {
        var guard = new SurgeGuard(max);
        long accepted = 0;
        long aside = 0;
        for (int step : story) {
            if (step >= 0) {
                guard.earned(step);
                accepted += step;
            } else {
                int granted = guard.take(-step);
                aside += granted;
                assertThat(granted).isBetween(0, -step);
                assertThat(guard.holding()).isEqualTo(granted < -step);
            }
            assertThat(aside).isLessThanOrEqualTo(Math.max(1, max / 10) + accepted);
        }
    }

    @Example
    void letsASingleCustomersEventsPassWhileOthersAreAccepted() {
        var guard = new SurgeGuard(1_000);
        guard.take(100);
        for (int i = 0; i < 1_000; i++) {
            guard.earned(10);
            assertThat(guard.take(5)).isEqualTo(5);
        }
    }

    @Example
    void guardsNothingWhereItIsOff() {
        var guard = new SurgeGuard(0);
        assertThat(guard.take(1_000_000)).isEqualTo(1_000_000);
        assertThat(guard.holding()).isFalse();
    }
}

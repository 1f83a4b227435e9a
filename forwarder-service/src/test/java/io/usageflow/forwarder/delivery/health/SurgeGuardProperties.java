package io.usageflow.forwarder.delivery.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.delivery.queue.Customer;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SurgeGuardProperties {
    private static final Customer ONE = new Customer(true, "one");

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
                int granted = guard.take(ONE, -step);
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
        guard.take(ONE, 100);
        for (int i = 0; i < 1_000; i++) {
            guard.earned(10);
            assertThat(guard.take(ONE, 5)).isEqualTo(5);
        }
    }

    @Example
    void takesARefusalOfEverybodyForNobodysFaultUntilSomethingIsAccepted() {
        var guard = new SurgeGuard(10_000);
        for (int customer = 0; customer < 100; customer++) {
            int granted = guard.take(new Customer(true, "customer " + customer), 1);
            assertThat(granted).isEqualTo(customer < SurgeGuard.CUSTOMERS_MAX ? 1 : 0);
        }
        assertThat(guard.holding()).isTrue();
        assertThat(guard.take(new Customer(true, "customer 0"), 1)).isEqualTo(1);

        guard.earned(1);

        assertThat(guard.take(new Customer(true, "customer 99"), 1)).isEqualTo(1);
        assertThat(guard.holding()).isFalse();
    }

    @Example
    void isNoLongerHoldingWhenSuccessHasEarnedAFreshReserve() {
        var guard = new SurgeGuard(100);
        guard.take(ONE, 11);
        assertThat(guard.holding()).isTrue();
        guard.earned(9);
        assertThat(guard.holding()).isTrue();
        guard.earned(1);
        assertThat(guard.holding()).isFalse();
    }

    @Example
    void guardsNothingWhereItIsOff() {
        var guard = new SurgeGuard(0);
        assertThat(guard.take(ONE, 1_000_000)).isEqualTo(1_000_000);
        assertThat(guard.holding()).isFalse();
    }
}

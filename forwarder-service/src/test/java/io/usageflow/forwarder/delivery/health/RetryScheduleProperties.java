package io.usageflow.forwarder.delivery.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class RetryScheduleProperties {
    private static final Duration MIN = Duration.ofMillis(500);
    private static final Duration MAX = Duration.ofMinutes(5);

    @Property
    void staysWithinItsBounds(@ForAll long seed, @ForAll @IntRange(min = 1) int failures) {
        Duration wait = schedule(seed).next(failures, Optional.empty());
        assertThat(wait).isBetween(MIN, MAX);
    }

    @Property
    void takesRetryAfterForAFloorAndBoundsIt(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 40) int failures,
            @ForAll @IntRange(min = 0) int seconds) {
        Duration asked = Duration.ofSeconds(seconds);
        Duration wait = schedule(seed).next(failures, Optional.of(asked));
        assertThat(wait).isGreaterThanOrEqualTo(asked.compareTo(MAX) < 0 ? asked : MAX);
        assertThat(wait).isLessThanOrEqualTo(MAX.plus(MAX.dividedBy(10)));
    }

    @Example
    void spreadsOverTheWholeRangeWhichDoubles() {
        RetrySchedule schedule = schedule(3);
        for (int failures = 1; failures < 8; failures++) {
            Duration ceiling = MIN.multipliedBy(1L << failures);
            Duration shortest = MAX;
            Duration longest = Duration.ZERO;
            for (int i = 0; i < 2_000; i++) {
                Duration wait = schedule.next(failures, Optional.empty());
                shortest = wait.compareTo(shortest) < 0 ? wait : shortest;
                longest = wait.compareTo(longest) > 0 ? wait : longest;
            }
            assertThat(longest)
                    .isLessThanOrEqualTo(ceiling)
                    .isGreaterThan(ceiling.multipliedBy(95).dividedBy(100));
            assertThat(shortest).isLessThan(MIN.plus(ceiling.dividedBy(20)));
        }
    }

    private static RetrySchedule schedule(long seed) {
        return new RetrySchedule(MIN, MAX, MAX, new Random(seed));
    }
}

package io.usageflow.forwarder.admission.parking;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ReleaseThrottleTest {
    private static final long STEP_MS = ReleaseThrottle.STEP_MAX.toMillis();

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final ReleaseThrottle.ThreadShare crew = new ReleaseThrottle.ThreadShare();
    private final ReleaseThrottle pace = new ReleaseThrottle(crew, clock::get);

    @Test
    void shouldBoundAStepByTime() {
        pace.wanted();
        pace.start();

        assertThat(pace.hasTime()).isTrue();
        clock.addAndGet(STEP_MS - 1);
        assertThat(pace.hasTime()).isTrue();
        clock.addAndGet(1);
        assertThat(pace.hasTime()).isFalse();
    }

    @Test
    void shouldRestAsLongAsTheStepTook() {
        step(pace, STEP_MS);

        clock.addAndGet(STEP_MS - 1);
        assertThat(pace.start()).isFalse();
        clock.addAndGet(1);
        assertThat(pace.start()).isTrue();
    }

    @Test
    void shouldShareTheThreadsHalfWithItsOtherTasks() {
        ReleaseThrottle other = new ReleaseThrottle(crew, clock::get);
        long begin = clock.get();
        long released = 0;
        int[] steps = new int[2];
        pace.wanted();
        other.wanted();
        while (clock.get() - begin < 1000 * STEP_MS) {
            for (ReleaseThrottle each : new ReleaseThrottle[] {pace, other}) {
                if (each.start()) {
                    clock.addAndGet(STEP_MS);
                    released += STEP_MS;
                    steps[each == pace ? 0 : 1]++;
                    each.rest();
                }
            }
            clock.addAndGet(1); // an event that came in
        }

        assertThat((double) released / (clock.get() - begin)).isBetween(0.4, 0.51);
        assertThat(Math.abs(steps[0] - steps[1])).as("each in its turn").isLessThanOrEqualTo(1);
    }

    @Test
    void shouldNotRestWhereNothingWasLeft() {
        pace.wanted();
        pace.start();
        clock.addAndGet(STEP_MS);
        pace.done();

        pace.wanted();

        assertThat(pace.start()).isTrue();
    }

    @Test
    void shouldHaveTheThreadAloneAgainWhenTheOtherIsDone() {
        ReleaseThrottle other = new ReleaseThrottle(crew, clock::get);
        other.wanted();
        other.done();
        other.done();

        step(pace, STEP_MS);

        clock.addAndGet(STEP_MS);
        assertThat(pace.start()).isTrue();
    }

    @Test
    void shouldNotHangOnAClockThatWasPutBack() {
        step(pace, STEP_MS);
        clock.addAndGet(-3_600_000);
        assertThat(pace.start()).as("after a rest").isTrue();

        clock.addAndGet(-3_600_000);
        assertThat(pace.hasTime()).as("within a step").isFalse();
    }

    private void step(ReleaseThrottle of, long took) {
        of.wanted();
        of.start();
        clock.addAndGet(took);
        of.rest();
    }
}

package io.usageflow.forwarder.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class RateLimiterProperties {
    private static final long SECOND = 1_000_000_000L;
    private static final Duration BURST = Duration.ofMillis(50);

    @Property(tries = 200)
    void shouldNeverDoMoreInASecondThanTheRateAndAMoment(
            @ForAll @IntRange(min = 1, max = 5_000) int rate,
            @ForAll @Size(min = 1, max = 30) List<@LongRange(min = 0, max = 3 * SECOND) Long> pauses) {
        var limiter = new RateLimiter(rate, BURST, 0);
        long now = 0;
        long doneInSecond = 0;
        long secondBegan = 0;
        for (long pause : pauses) {
            now += pause;
            for (int i = 0; i < 50; i++) {
                now += Math.max(0, limiter.waitNanos(now));
                if (now - secondBegan >= SECOND) {
                    secondBegan = now;
                    doneInSecond = 0;
                }
                limiter.acquire(now);
                doneInSecond++;
                assertThat(doneInSecond).isLessThanOrEqualTo(rate + rate / 20 + 2);
            }
        }
    }

    @Property(tries = 50)
    void shouldReachTheRate(@ForAll @IntRange(min = 1, max = 100_000) int rate) {
        var limiter = new RateLimiter(rate, BURST, 0);
        long now = 0;
        for (int i = 0; i < rate; i++) {
            now += Math.max(0, limiter.waitNanos(now));
            limiter.acquire(now);
        }

        assertThat(now).isLessThanOrEqualTo(SECOND);
    }
}

package io.usageflow.forwarder.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimiterTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Duration BURST = Duration.ofMillis(50);

    /** Operations between two times, run as soon as each is allowed. */
    private static int run(RateLimiter limiter, long from, long to) {
        int count = 0;
        for (long now = from; now < to; now += Math.max(1, limiter.waitNanos(now))) {
            if (limiter.waitNanos(now) <= 0) {
                limiter.acquire(now);
                count++;
            }
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - SECOND, Long.MIN_VALUE})
    void shouldKeepTheRateWhateverTheClockBeginsWith(long begin) {
        var limiter = new RateLimiter(50, BURST, begin);

        int count = 0;
        for (long elapsed = 0; elapsed < 10 * SECOND; elapsed += SECOND / 1000) {
            if (limiter.waitNanos(begin + elapsed) <= 0) {
                limiter.acquire(begin + elapsed);
                count++;
            }
        }

        assertThat(count).isBetween(500, 503);
    }

    @ParameterizedTest
    @CsvSource({"50, 0, 50, 51", "50, 40, 52, 53", "50, 1000, 100, 101", "5000, 50, 5250, 5252"})
    void shouldMakeUpForNoMoreThanTheBurst(int perSecond, int burstMs, int countMin, int countMax) {
        var limiter = new RateLimiter(perSecond, Duration.ofMillis(burstMs), 0);

        assertThat(run(limiter, 60 * SECOND, 61 * SECOND)).isBetween(countMin, countMax);
    }

    @Test
    void shouldLetNothingPassDuringAPause() {
        var limiter = new RateLimiter(50, BURST, 0);

        limiter.overloaded(0, Duration.ofSeconds(7));
        limiter.overloaded(0, Duration.ofSeconds(1));

        assertThat(run(limiter, 0, 7 * SECOND)).isZero();
    }

    @Test
    void shouldSlowDownAfterAnOverloadAndReturnToTheRate() {
        var limiter = new RateLimiter(100, BURST, 0);
        for (int i = 0; i < 3; i++) {
            limiter.overloaded(0, Duration.ZERO);
        }
        assertThat(run(limiter, 0, SECOND)).isBetween(12, 15);

        for (int i = 0; i < 50; i++) {
            limiter.succeeded();
        }
        assertThat(run(limiter, 2 * SECOND, 3 * SECOND)).isBetween(99, 106);
    }
}

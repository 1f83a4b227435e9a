package io.usageflow.forwarder.credyt.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QueryRateTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How many questions are asked from one time to another, by one who asks whenever it may. */
    private static int asked(QueryRate rate, long from, long to) {
        int count = 0;
        for (long now = from; now < to; now += Math.max(1, rate.waitNanos(now))) {
            if (rate.waitNanos(now) <= 0) {
                rate.asked(now);
                count++;
            }
        }
        return count;
    }

    @Test
    void shouldKeepTheRate() {
        assertThat(asked(new QueryRate(50, 0), 0, 10 * SECOND)).isBetween(500, 502);
    }

    @Test
    void shouldNotMakeUpForAPauseInABurst() {
        QueryRate rate = new QueryRate(50, 0);

        assertThat(asked(rate, 60 * SECOND, 61 * SECOND)).isBetween(50, 53);
    }

    @Test
    void shouldAskNothingWhileCredytWantsAPause() {
        QueryRate rate = new QueryRate(50, 0);

        rate.overloaded(0, Duration.ofSeconds(7));

        assertThat(asked(rate, 0, 7 * SECOND)).isZero();
    }

    @Test
    void shouldGoSlowerAfterARefusalAndBackToTheRateAsAnswersCome() {
        QueryRate rate = new QueryRate(100, 0);
        for (int i = 0; i < 3; i++) {
            rate.overloaded(0, Duration.ZERO);
        }
        assertThat(asked(rate, 0, SECOND)).isBetween(12, 15);

        for (int i = 0; i < 50; i++) {
            rate.answered();
        }
        assertThat(asked(rate, 2 * SECOND, 3 * SECOND)).isBetween(99, 103);
    }
}

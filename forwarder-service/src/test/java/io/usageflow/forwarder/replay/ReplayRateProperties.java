package io.usageflow.forwarder.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class ReplayRateProperties {
    private static final long SECOND = 1_000_000_000L;

    @Property(tries = 200)
    void shouldNeverDoMoreInASecondThanTheRateAndAMoment(
            @ForAll @IntRange(min = 1, max = 5_000) int rate,
            @ForAll @Size(min = 1, max = 30) List<@LongRange(min = 0, max = 3 * SECOND) Long> pauses) {
        var rate_ = new ReplayRate(rate, 0);
        long now = 0;
        long doneInSecond = 0;
        long secondBegan = 0;
        for (long pause : pauses) {
            now += pause;
            for (int i = 0; i < 50; i++) {
                now += rate_.waitFor(now).toNanos();
                if (now - secondBegan >= SECOND) {
                    secondBegan = now;
                    doneInSecond = 0;
                }
                rate_.done(now);
                doneInSecond++;
                assertThat(doneInSecond).isLessThanOrEqualTo(rate + rate / 20 + 2);
            }
        }
    }

    @Property(tries = 50)
    void shouldReachTheRate(@ForAll @IntRange(min = 1, max = 100_000) int rate) {
        var rate_ = new ReplayRate(rate, 0);
        long now = 0;
        for (int i = 0; i < rate; i++) {
            now += rate_.waitFor(now).toNanos();
            rate_.done(now);
        }

        assertThat(now).isLessThanOrEqualTo(SECOND);
    }
}

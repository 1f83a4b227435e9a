package io.usageflow.forwarder.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private final Pace pace = Pace.of(100, nanos::get, time -> nanos.addAndGet(time.toNanos()));

    @Test
    void shouldHoldTheRate() {
        long begun = nanos.get();
        for (int event = 0; event < 201; event++) {
            pace.awaitNext();
        }

        assertThat(Duration.ofNanos(nanos.get() - begun)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void shouldMakeUpForASecondAtMost() {
        pace.awaitNext();
        nanos.addAndGet(Duration.ofMinutes(5).toNanos());
        long begun = nanos.get();
        for (int event = 0; event < 301; event++) {
            pace.awaitNext();
        }

        assertThat(Duration.ofNanos(nanos.get() - begun)).isEqualTo(Duration.ofSeconds(2));
    }
}

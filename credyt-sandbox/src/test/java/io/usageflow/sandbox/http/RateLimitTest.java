package io.usageflow.sandbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private long nanos = 5;
    private final RateLimit limit = new RateLimit(() -> nanos);

    private long letIn(int tries, int perSecond) {
        return IntStream.range(0, tries).filter(i -> limit.letsIn(perSecond)).count();
    }

    @Test
    void shouldLetInABurstOfOneSecondAndThenEvenly() {
        assertThat(letIn(20, 10)).isEqualTo(10);

        nanos += TimeUnit.MILLISECONDS.toNanos(500);
        assertThat(letIn(20, 10)).isEqualTo(5);

        nanos += TimeUnit.HOURS.toNanos(1);
        assertThat(letIn(20, 10)).as("no more than a second is saved up").isEqualTo(10);
    }

    @Test
    void shouldLetInEverythingWithoutALimit() {
        assertThat(letIn(1_000, 0)).isEqualTo(1_000);
    }

    @Test
    void shouldBeginAnewWithAnotherLimit() {
        assertThat(letIn(5, 1)).isEqualTo(1);
        assertThat(letIn(5, 3)).isEqualTo(3);
    }
}

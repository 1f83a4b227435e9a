package io.usageflow.sandbox.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.sandbox.http.Gate.RateLimit;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private long nanos = 5;
    private final RateLimit limit = new RateLimit(() -> nanos);

    private long allowed(int tries, int perSecond) {
        return IntStream.range(0, tries).filter(i -> limit.allows(perSecond)).count();
    }

    @Test
    void shouldAllowABurstOfOneSecondAndThenAnEvenRate() {
        assertThat(allowed(20, 10)).isEqualTo(10);

        nanos += TimeUnit.MILLISECONDS.toNanos(500);
        assertThat(allowed(20, 10)).isEqualTo(5);

        nanos += TimeUnit.HOURS.toNanos(1);
        assertThat(allowed(20, 10)).as("the bucket holds one second").isEqualTo(10);
    }

    @Test
    void shouldAllowEveryRequestWithoutALimit() {
        assertThat(allowed(1_000, 0)).isEqualTo(1_000);
    }

    @Test
    void shouldStartWithAFullBucketAfterAChangeOfTheLimit() {
        assertThat(allowed(5, 1)).isEqualTo(1);
        assertThat(allowed(5, 3)).isEqualTo(3);
    }
}

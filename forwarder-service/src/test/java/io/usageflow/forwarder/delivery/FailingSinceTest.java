package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FailingSinceTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final FailingSince<String> failing = new FailingSince<>();

    @Test
    void shouldCountTimeAndNotAttempts() {
        assertThat(failing.failed("a", 0).failingFor()).isZero();
        for (int i = 0; i < 200; i++) {
            failing.failed("a", 1);
        }
        FailingSince.Standing standing = failing.failed("a", 3 * MINUTE);
        assertThat(standing.failingFor()).isEqualTo(Duration.ofMinutes(3));
        assertThat(standing.previousNanos()).contains(1L);
        assertThat(standing.inARow()).isEqualTo(202);
    }

    @Test
    void shouldBeginAnewAfterASuccess() {
        failing.failed("a", 0);
        failing.succeeded("a");
        assertThat(failing.failed("a", 9 * MINUTE).failingFor()).isZero();
    }

    @Test
    void shouldTakeOutTheTimeOfAnOutage() {
        failing.failed("before", 0);
        failing.failed("during", 50 * MINUTE);

        failing.outageOf(Duration.ofHours(6), 6 * 60 * MINUTE + MINUTE);

        assertThat(failing.failed("before", 6 * 60 * MINUTE + 3 * MINUTE).failingFor())
                .isEqualTo(Duration.ofMinutes(3));
        assertThat(failing.failed("during", 6 * 60 * MINUTE + 3 * MINUTE).failingFor())
                .as("what began during the outage has used nothing of its budget")
                .isLessThanOrEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void shouldForgetWhomItNoLongerServes() {
        failing.failed("a", 0);
        failing.failed("b", 0);
        failing.retain(Set.of("b"));
        assertThat(failing.customers()).isEqualTo(1);
        assertThat(failing.failed("a", MINUTE).failingFor()).isZero();
    }
}

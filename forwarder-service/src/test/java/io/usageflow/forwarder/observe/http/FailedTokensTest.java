package io.usageflow.forwarder.observe.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FailedTokensTest {
    private final AtomicLong nanos = new AtomicLong();
    private final FailedTokens failures = new FailedTokens(nanos::get);

    @Test
    void shouldRefuseAnAddressUntilAMinuteAfterItsTenthLastFailure() {
        for (int i = 0; i < FailedTokens.FAILURES_MAX; i++) {
            assertThat(failures.tooMany("10.0.0.1")).isFalse();
            failures.add("10.0.0.1");
            nanos.addAndGet(1_000_000_000);
        }

        assertThat(failures.tooMany("10.0.0.1")).isTrue();
        assertThat(failures.tooMany("10.0.0.2")).isFalse();
        nanos.set(FailedTokens.WITHIN.toNanos() - 1);
        assertThat(failures.tooMany("10.0.0.1")).isTrue();
        nanos.set(FailedTokens.WITHIN.toNanos());
        assertThat(failures.tooMany("10.0.0.1")).isFalse();
        failures.add("10.0.0.1");
        assertThat(failures.tooMany("10.0.0.1"))
                .as("nine seconds of the minute are left to the second failure")
                .isTrue();
    }

    @Test
    void shouldCountTheAddressesOfOneSixtyFourTogether() {
        for (int i = 0; i < FailedTokens.FAILURES_MAX; i++) {
            failures.add("2001:db8:0:1::" + i);
        }

        assertThat(failures.tooMany("2001:db8:0:1:ffff::1")).isTrue();
        assertThat(failures.tooMany("2001:db8:0:2::1")).isFalse();
    }

    @Test
    void shouldForgetTheAddressKnownForTheLongest() {
        for (int i = 0; i < FailedTokens.FAILURES_MAX; i++) {
            failures.add("10.0.0.1");
        }
        for (int i = 1; i < FailedTokens.ADDRESSES_MAX; i++) {
            failures.add("10.1." + i / 256 + "." + i % 256);
        }
        assertThat(failures.tooMany("10.0.0.1")).isTrue();

        failures.add("10.2.0.1");

        assertThat(failures.tooMany("10.0.0.1")).isFalse();
    }
}

package io.usageflow.forwarder.clock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.clock.ClockWatch.WrongClockException;
import io.usageflow.forwarder.clock.DeliveryClock.SteadyClock;
import io.usageflow.forwarder.testing.AlertRules;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockWatchTest {
    private static final Duration MAX = Duration.ofMinutes(5);

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Deque<Object> measured = new ArrayDeque<>();

    private ClockWatch watch(Object... seconds) {
        measured.addAll(List.of(seconds));
        return ClockWatch.of(
                () -> {
                    Object next = measured.remove();
                    if (next instanceof KafkaException away) {
                        throw away;
                    }
                    return Duration.ofSeconds((Integer) next);
                },
                () -> {},
                MAX,
                meters);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 3_601, 8_640_000, -301, -8_640_000})
    void shouldNotStartWithAClockThatIsWrong(int ahead) {
        assertThatThrownBy(() -> watch(ahead))
                .isInstanceOf(WrongClockException.class)
                .hasMessage("this machine's clock is " + Math.abs(ahead) + " s "
                        + (ahead < 0 ? "behind" : "ahead of")
                        + " the broker's, more than clock.skew.max=300s: set the clock that is wrong (chrony,"
                        + " systemd-timesyncd)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 300, -300})
    void shouldStartWithOneThatIsRight(int ahead) {
        assertThat(watch(ahead).health().ready()).isTrue();
    }

    @Test
    void shouldNotBeReadyWhileTheClockIsWrong() throws IOException {
        ClockWatch watch = watch(0, 90_000, new TimeoutException("away"), 1);
        watch.compare();
        assertThat(watch.health().ready()).isFalse();
        assertThat(watch.health().live()).isTrue();
        assertThat(watch.health().detail()).startsWith("this machine's clock is 90000 s ahead of the broker's");
        assertThat(meters.get("usageflow.clock.ahead").gauge().value()).isEqualTo(90_000);
        assertThat(AlertRules.served(meters)).containsAll(AlertRules.metrics("usageflow_clock_"));

        watch.compare();
        assertThat(watch.health().ready()).as("as last seen").isFalse();
        watch.compare();
        assertThat(watch.health().ready()).isTrue();
    }

    @Test
    void shouldMeasureFromTheStampBetweenQuestionAndAnswer() {
        Instant asked = Instant.parse("2026-11-29T12:00:00.500Z");
        Instant answered = asked.plusMillis(100);

        assertThat(BrokerTime.between(asked, asked.plusMillis(50), answered)).isZero();
        assertThat(BrokerTime.between(asked.plusNanos(999_999), asked, answered))
                .isZero();
        assertThat(BrokerTime.between(asked, asked.minusSeconds(9), answered)).isEqualTo(Duration.ofSeconds(9));
        assertThat(BrokerTime.between(asked, answered.plusSeconds(9), answered)).isEqualTo(Duration.ofSeconds(-9));
    }

    @Test
    void shouldGiveATimeThatDoesNotFollowAClockThatIsSet() {
        var nanos = new long[] {7};
        var wall = new Clock() {
            Instant now = Instant.EPOCH;

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now;
            }
        };
        var steady = new SteadyClock(wall, () -> nanos[0]);
        for (Duration jump : List.of(Duration.ofDays(10), Duration.ofDays(-100))) {
            wall.now = Instant.EPOCH.plus(jump);
            nanos[0] += 1_000;

            assertThat(Duration.between(Instant.EPOCH, steady.instant())).isEqualTo(Duration.ofNanos(nanos[0] - 7));
        }
    }
}

package io.usageflow.forwarder.delivery.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.health.Circuit.State;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CircuitTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Circuit circuit = new Circuit(
            new RetrySchedule(Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofMinutes(5), new Random(1)), 5);
    private long request;
    private long now = 1_000 * SECOND;

    private void fails(String customer) {
        circuit.sent(++request);
        circuit.failed(request, customer, OutageCause.UNAVAILABLE, "HTTP 503", Optional.empty(), now);
    }

    private void opened() {
        for (int i = 0; i < 5; i++) {
            fails("customer " + i);
        }
        assertThat(circuit.state()).isEqualTo(State.OPEN);
    }

    private void untilProbe() {
        now = circuit.probeDueNanos().orElseThrow();
    }

    @Test
    void shouldOpenAfterFailuresInARowOfSeveralCustomers() {
        for (int i = 0; i < 4; i++) {
            fails("customer " + i);
            assertThat(circuit.state()).isEqualTo(State.CLOSED);
        }
        fails("customer 4");

        assertThat(circuit.state()).isEqualTo(State.OPEN);
        assertThat(circuit.cause()).contains(OutageCause.UNAVAILABLE);
        assertThat(circuit.admits(now)).isFalse();
    }

    @Test
    void shouldNameNoCauseOnceTheNextEventWouldBeSent() {
        opened();
        assertThat(circuit.causeWhereNothingWaits(now)).contains(OutageCause.UNAVAILABLE);

        untilProbe();

        assertThat(circuit.causeWhereNothingWaits(now)).isEmpty();
        assertThat(circuit.cause()).contains(OutageCause.UNAVAILABLE);
    }

    @Test
    void shouldNotOpenSoonForOneCustomerAlone() {
        for (int i = 0; i < 19; i++) {
            fails("the same");
        }
        assertThat(circuit.state()).isEqualTo(State.CLOSED);

        fails("the same");

        assertThat(circuit.state()).isEqualTo(State.OPEN);
    }

    @Test
    void shouldBeginTheRowAnewWithASuccess() {
        for (int i = 0; i < 4; i++) {
            fails("customer " + i);
        }
        circuit.succeeded(++request, now);
        for (int i = 0; i < 4; i++) {
            fails("customer " + i);
        }

        assertThat(circuit.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void shouldOpenOnAHighShareOfFailures() {
        for (int i = 0; i < 30 && circuit.state() == State.CLOSED; i++) {
            circuit.succeeded(++request, now);
            fails("a");
            fails("b");
        }

        assertThat(circuit.state()).isEqualTo(State.OPEN);
    }

    @Test
    void shouldOpenAtOnceWhereTheKeyIsRefused() {
        circuit.halted(++request, OutageCause.AUTH, "HTTP 401", Optional.empty(), now);

        assertThat(circuit.cause()).contains(OutageCause.AUTH);
        assertThat(circuit.detail()).isEqualTo("HTTP 401");
    }

    @Test
    void shouldAdmitOneProbeWhoseSuccessClosesIt() {
        opened();
        long openedAt = now;
        untilProbe();
        assertThat(circuit.admits(now)).isTrue();
        circuit.sent(++request);
        assertThat(circuit.admits(now)).as("one probe").isFalse();

        Optional<Duration> outage = circuit.succeeded(request, now);

        assertThat(circuit.state()).isEqualTo(State.CLOSED);
        assertThat(outage).contains(Duration.ofNanos(now - openedAt));
        fails("a");
        assertThat(circuit.state()).as("the old failures are forgotten").isEqualTo(State.CLOSED);
    }

    @Test
    void shouldLetOnlyTheProbeDecide() {
        opened();
        long late = request;
        untilProbe();
        circuit.sent(++request);

        assertThat(circuit.succeeded(late, now)).isEmpty();
        circuit.failed(late, "a", OutageCause.UNAVAILABLE, "HTTP 500", Optional.empty(), now);
        assertThat(circuit.state()).isEqualTo(State.PROBING);

        circuit.failed(request, "a", OutageCause.UNAVAILABLE, "HTTP 500", Optional.empty(), now);
        assertThat(circuit.state()).isEqualTo(State.OPEN);
    }

    @Test
    void shouldWaitLongerAfterEachFailedProbeUpToTheMaximum() {
        opened();
        for (int probe = 0; probe < 20; probe++) {
            untilProbe();
            long probedAt = now;
            circuit.sent(++request);
            circuit.failed(request, "a", OutageCause.UNAVAILABLE, "HTTP 503", Optional.empty(), now);
            assertThat(circuit.probeDueNanos().orElseThrow() - probedAt).isBetween(SECOND, 30 * SECOND);
        }
    }

    @Test
    void shouldRespectRetryAfterAboveItsOwnMaximum() {
        opened();
        untilProbe();
        circuit.sent(++request);
        circuit.failed(request, "a", OutageCause.UNAVAILABLE, "HTTP 503", Optional.of(Duration.ofMinutes(2)), now);

        assertThat(circuit.probeDueNanos().orElseThrow() - now).isBetween(120 * SECOND, 132 * SECOND);
    }

    @Test
    void shouldProbeAgainWhereAProbesAnswerNeverComes() {
        opened();
        untilProbe();
        circuit.sent(++request);
        circuit.abandonProbe(now);

        assertThat(circuit.state()).isEqualTo(State.OPEN);
        untilProbe();
        assertThat(circuit.admits(now)).isTrue();
    }
}

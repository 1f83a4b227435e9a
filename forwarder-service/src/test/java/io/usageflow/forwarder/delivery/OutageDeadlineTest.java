package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** When events step aside in an outage. */
class OutageDeadlineTest {
    private final AtomicBoolean away = new AtomicBoolean(true);
    private final SimulatedDelivery delivery = new SimulatedDelivery(
            Map.of(DeliverySettings.OUTAGE_DEADLINE, "1s"),
            ids -> away.get() ? new Answer.Response(503, Map.of(), "", false) : SimulatedDelivery.ACCEPTED);

    private void allStepAside() {
        for (int customer = 0; customer < 10; customer++) {
            delivery.arrive("c" + customer, "early" + customer);
        }
        delivery.run(Duration.ofMinutes(10));
        delivery.deadLetterPolicy.giveUpOverdue();
        assertThat(delivery.dead(DeadLetterReason.CREDYT_UNAVAILABLE)).hasSize(10);
    }

    @Test
    void shouldNotGiveUpAnEventBeforeCredytHasFailedAgain() {
        allStepAside();
        away.set(false);
        int before = delivery.requests.size();

        delivery.arrive("c0", "late").run(Duration.ofMillis(1_500));
        assertThat(delivery.requests).as("the circuit still waits").hasSize(before);
        delivery.deadLetterPolicy.giveUpOverdue();
        assertThat(delivery.waiting()).containsExactly("late");

        delivery.run(Duration.ofMinutes(2));
        assertThat(delivery.delivered()).containsExactly("late");
    }

    @Test
    void shouldGiveItUpOnceCredytHasFailedAgain() {
        allStepAside();

        delivery.arrive("c0", "late").run(Duration.ofMinutes(2));
        delivery.deadLetterPolicy.giveUpOverdue();
        assertThat(delivery.dead(DeadLetterReason.CREDYT_UNAVAILABLE)).hasSize(11);
    }
}

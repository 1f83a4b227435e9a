package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A clock that is set two days ahead while delivery runs spends no budget and no deadline.
 *
 * <table>
 *   <caption>Siblings</caption>
 *   <tr><th>what is set</th><th>what it does</th></tr>
 *   <tr><td>the machine's clock, in delivery</td><td>nothing: budgets and deadlines follow elapsed time</td></tr>
 *   <tr><td>the broker's clock, in delivery</td><td>nothing becomes a dead letter earlier: new events only look younger</td></tr>
 *   <tr><td>either, for parked events</td><td>nothing: {@code HostileTopologyTest}</td></tr>
 *   <tr><td>the machine's clock, before a start</td><td>no start: {@code ClockWatchTest}</td></tr>
 *   <tr><td>both, before a start</td><td>looks like two days without a forwarder, which count</td></tr>
 * </table>
 */
class ClockJumpTest {
    private static final Duration JUMP = Duration.ofDays(2);

    /** A budget, and the trouble that spends it. */
    enum Budget {
        FAILING(DeliverySettings.FAILING_BUDGET, DeadLetterReason.CUSTOMER_BLOCKED, 503, ""),
        UNKNOWN(
                DeliverySettings.UNKNOWN_BUDGET,
                DeadLetterReason.CUSTOMER_UNKNOWN,
                422,
                "{\"errors\":{\"customer_external_id\":[\"is unknown\"]}}"),
        UNFUNDED(DeliverySettings.UNFUNDED_BUDGET, DeadLetterReason.NO_FUNDS, 402, "{}");

        private final String key;
        private final DeadLetterReason reason;
        private final int status;
        private final String body;

        Budget(String key, DeadLetterReason reason, int status, String body) {
            this.key = key;
            this.reason = reason;
            this.status = status;
            this.body = body;
        }

        Answer answer(List<String> ids) {
            return ids.get(0).startsWith("bad")
                    ? new Answer.Response(status, Map.of("content-type", "application/json"), body, false)
                    : SimulatedDelivery.ACCEPTED;
        }
    }

    private static void minutes(SimulatedDelivery delivery, int from, int count) {
        for (int minute = from; minute < from + count; minute++) {
            delivery.arrive("well", "good" + minute).run(Duration.ofMinutes(1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldSpendNoBudgetOfACustomer(Budget budget) {
        var delivery = new SimulatedDelivery(Map.of(budget.key, "2h"), budget::answer);
        for (int event = 0; event < 5; event++) {
            delivery.arrive("trouble", "bad" + event);
        }
        minutes(delivery, 0, 10);

        delivery.setWallClock(JUMP);
        delivery.setBrokerClock(JUMP);
        delivery.arrive("trouble", "bad5");
        minutes(delivery, 10, 100);
        assertThat(delivery.waiting()).hasSize(6);

        minutes(delivery, 110, 20);
        assertThat(delivery.dead(budget.reason)).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReachNoDeadlineOfAnOutage(boolean ofTheBroker) {
        var delivery = new SimulatedDelivery(
                Map.of(DeliverySettings.OUTAGE_DEADLINE, "6h"), ids -> new Answer.Response(503, Map.of(), "", false));
        for (int customer = 0; customer < 10; customer++) {
            delivery.arrive("c" + customer, "early" + customer);
        }
        delivery.run(Duration.ofMinutes(10));

        if (ofTheBroker) {
            delivery.setBrokerClock(JUMP);
        } else {
            delivery.setWallClock(JUMP);
        }
        delivery.arrive("c0", "late").run(Duration.ofHours(5));
        delivery.deadLetterPolicy.giveUpOverdue();
        assertThat(delivery.outcomes()).isEmpty();

        delivery.run(Duration.ofHours(1));
        delivery.deadLetterPolicy.giveUpOverdue();
        assertThat(delivery.dead(DeadLetterReason.CREDYT_UNAVAILABLE)).hasSize(10);
    }
}

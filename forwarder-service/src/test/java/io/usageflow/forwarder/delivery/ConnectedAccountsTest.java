package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Customers of one id in several connected accounts of a platform. An event's id begins with its account. */
class ConnectedAccountsTest {
    private static final Answer FORBIDDEN = new Answer.Response(403, Map.of(), "", false);
    private static final Answer NO_FUNDS = new Answer.Response(402, Map.of(), "", false);
    private static final Map<String, String> SHORT = Map.of(DeliverySettings.UNKNOWN_BUDGET, "10m");

    private Answer ofBad = SimulatedDelivery.ACCEPTED;
    private Answer ofGood = SimulatedDelivery.ACCEPTED;

    private Answer answer(List<String> ids) {
        assertThat(ids.stream().map(ConnectedAccountsTest::account).distinct())
                .as("a request is for one account")
                .hasSize(1);
        return account(ids.get(0)).startsWith("bad") ? ofBad : ofGood;
    }

    private static String account(String id) {
        return id.substring(0, id.indexOf('-'));
    }

    private static List<String> events(String account, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> account + "-" + i)
                .toList();
    }

    private static void arrive(SimulatedDelivery delivery, List<String> events) {
        events.forEach(id -> delivery.arrive(account(id), "acme", id));
    }

    @Test
    void shouldNeverShareARequestOrAHold() {
        ofBad = NO_FUNDS;
        var delivery = new SimulatedDelivery(Map.of(), this::answer);
        arrive(delivery, List.of("bad-0", "good-0", "bad-1", "good-1"));
        delivery.arrive("acme", "own-0").run(Duration.ofMinutes(5));

        assertThat(delivery.delivered()).containsExactly("good-0", "good-1", "own-0");
        assertThat(delivery.funds.view().customers()).isEqualTo(1);

        ofBad = SimulatedDelivery.ACCEPTED;
        delivery.run(Duration.ofMinutes(10));
        assertThat(delivery.delivered()).hasSize(5);
    }

    @Test
    void shouldNotStopOthersForAnAccountThatCredytRefuses() {
        ofBad = FORBIDDEN;
        var delivery = new SimulatedDelivery(SHORT, this::answer);
        arrive(delivery, events("bad", 0, 3));
        for (int minute = 0; minute < 30; minute++) {
            arrive(delivery, events("good", minute, 1));
            delivery.run(Duration.ofMinutes(1));
        }

        assertThat(delivery.delivered()).containsExactlyElementsOf(events("good", 0, 30));
        assertThat(delivery.destination.circuit().cause()).isEmpty();
        assertThat(delivery.dead(DeadLetterReason.CUSTOMER_UNKNOWN)).containsExactlyElementsOf(events("bad", 0, 3));
    }

    @Test
    void shouldWaitWithoutDeadLettersWhereEveryAccountIsRefused() {
        ofBad = FORBIDDEN;
        ofGood = FORBIDDEN;
        var delivery = new SimulatedDelivery(SHORT, this::answer);
        for (int account = 0; account < 5; account++) {
            arrive(delivery, events("bad" + account, 0, 3));
        }
        delivery.run(Duration.ofHours(5));

        assertThat(delivery.outcomes()).isEmpty();
        assertThat(delivery.destination.circuit().cause()).isPresent();

        ofBad = SimulatedDelivery.ACCEPTED;
        delivery.run(Duration.ofHours(1));
        assertThat(delivery.delivered()).hasSize(15);
    }
}

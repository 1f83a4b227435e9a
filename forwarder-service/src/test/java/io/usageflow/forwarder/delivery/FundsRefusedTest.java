package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot.HeldCustomer;
import io.usageflow.forwarder.delivery.health.FundsHolds.Wanted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Customers that lack funds.
 *
 * <table>
 *   <caption>Siblings</caption>
 *   <tr><th>Credyt refuses for lack of funds</th><th>what becomes of the events</th></tr>
 *   <tr><td>one customer, or a few, while others are accepted</td><td>they wait; one event is tried a back-off; no dead
 *       letter, no open circuit; delivered after a top-up</td></tr>
 *   <tr><td>a batch that costs more than the wallet holds</td><td>as many are delivered as it pays for</td></tr>
 *   <tr><td>one customer for longer than the budget, while others are accepted</td><td>{@code NO_FUNDS}</td></tr>
 *   <tr><td>every customer, with a budget or without</td><td>they wait; when one is accepted, all are tried</td></tr>
 *   <tr><td>one whose events fill the memory, or hold up others' receipts</td><td>{@code NO_FUNDS}</td></tr>
 *   <tr><td>one, then 503 a few times</td><td>they wait: days of a hold spend no budget of failures</td></tr>
 * </table>
 */
class FundsRefusedTest {
    private static final Answer REFUSED = new Answer.Response(
            402, Map.of("content-type", "application/problem+json"), "{\"title\":\"Payment Required\"}", false);
    private static final Answer AWAY = new Answer.Response(503, Map.of(), "", false);

    /** What each customer can still pay for; others can pay for everything. */
    private final Map<String, Integer> wallets = new HashMap<>();

    private final Set<String> stored = new HashSet<>();
    private final List<String> storedTwice = new ArrayList<>();
    private boolean away;

    /** An event's id begins with its customer. */
    private static String customer(String id) {
        return id.substring(0, id.indexOf('-'));
    }

    private Answer answer(List<String> ids) {
        if (away) {
            return AWAY;
        }
        String customer = customer(ids.get(0));
        int funds = wallets.getOrDefault(customer, Integer.MAX_VALUE);
        if (funds < ids.size()) {
            return REFUSED;
        }
        wallets.computeIfPresent(customer, (name, left) -> left - ids.size());
        ids.stream().filter(id -> !stored.add(id)).forEach(storedTwice::add);
        return SimulatedDelivery.ACCEPTED;
    }

    private SimulatedDelivery delivery(Map<String, String> settings) {
        return new SimulatedDelivery(settings, this::answer);
    }

    private static SimulatedDelivery arrive(SimulatedDelivery delivery, String customer, int from, int count) {
        for (int event = from; event < from + count; event++) {
            delivery.arrive(customer, customer + "-" + event);
        }
        return delivery;
    }

    private static List<List<String>> requestsOf(SimulatedDelivery delivery, String customer) {
        return delivery.requests.stream()
                .filter(ids -> customer(ids.get(0)).equals(customer))
                .toList();
    }

    /** Minutes in which a customer with funds has an event each. */
    private static void minutes(SimulatedDelivery delivery, int from, int count) {
        for (int minute = from; minute < from + count; minute++) {
            arrive(delivery, "well", minute, 1).run(Duration.ofMinutes(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"customer", "none"})
    void shouldHoldACustomerWithoutFundsAndDeliverEachEventOnceAfterATopUp(String order) {
        wallets.put("poor", 0);
        SimulatedDelivery delivery = delivery(Map.of(DeliverySettings.ORDER, order));
        arrive(delivery, "poor", 0, 100);
        minutes(delivery, 0, 60);

        assertThat(delivery.outcomes().values()).as("no dead letter").allMatch(Optional::isEmpty);
        assertThat(delivery.delivered()).hasSize(60);
        assertThat(delivery.waiting()).hasSize(100);
        List<List<String>> probes = requestsOf(delivery, "poor");
        assertThat(probes).as("requests in an hour").hasSizeLessThan(60);
        assertThat(probes.subList(1, probes.size())).allMatch(ids -> ids.equals(List.of("poor-0")));
        assertThat(delivery.destination.circuit().cause()).isEmpty();
        assertThat(delivery.funds.view().customers()).isEqualTo(1);
        assertThat(delivery.funds.view().events()).isEqualTo(100);
        assertThat(delivery.funds.view().all()).isFalse();

        wallets.put("poor", 1_000);
        delivery.run(Duration.ofMinutes(6));

        assertThat(delivery.waiting()).isEmpty();
        assertThat(delivery.delivered()).hasSize(160);
        assertThat(storedTwice).isEmpty();
        assertThat(requestsOf(delivery, "poor"))
                .as("one event, then twice as many each time")
                .hasSizeLessThanOrEqualTo(probes.size() + 10);
        delivery.run(Duration.ofSeconds(2));
        assertThat(delivery.funds.view().customers()).isZero();
    }

    @Test
    void shouldSendAHandfulOfRequestsInTheFirstMinute() {
        wallets.put("poor", 0);
        SimulatedDelivery delivery = arrive(delivery(Map.of()), "poor", 0, 100);

        delivery.run(Duration.ofMinutes(1));

        assertThat(delivery.requests).hasSizeBetween(2, 12);
        assertThat(delivery.registry
                        .get("usageflow.delivery.funds.probes")
                        .tag("result", "refused")
                        .counter()
                        .count())
                .isEqualTo(delivery.requests.size() - 1.0);
    }

    @Test
    void shouldProbeOneRequestAtATimeWithoutOrder() {
        wallets.put("poor", 0);
        SimulatedDelivery delivery =
                delivery(Map.of(DeliverySettings.ORDER, "none", DeliverySettings.BATCH_EVENTS, "5"));
        arrive(delivery, "poor", 0, 100).run(Duration.ofMillis(50));
        int before = delivery.requests.size();

        delivery.run(Duration.ofHours(1));

        assertThat(before).isLessThanOrEqualTo(20);
        assertThat(delivery.requests.size() - before).isLessThan(60);
    }

    @Test
    void shouldDeliverWhatTheWalletPaysFor() {
        wallets.put("poor", 37);
        SimulatedDelivery delivery = arrive(delivery(Map.of()), "poor", 0, 100);

        delivery.run(Duration.ofMinutes(10));

        assertThat(delivery.delivered()).hasSize(37);
        assertThat(delivery.waiting()).hasSize(63);
        assertThat(storedTwice).isEmpty();
    }

    @Test
    void shouldLetOthersPassWhereManyCustomersLackFunds() {
        SimulatedDelivery delivery = delivery(Map.of());
        for (int poor = 0; poor < 50; poor++) {
            wallets.put("poor" + poor, 0);
            arrive(delivery, "poor" + poor, 0, 5);
        }
        delivery.run(Duration.ofMinutes(10));
        assertThat(delivery.destination.refusesAllFunds()).isTrue();
        assertThat(delivery.destination.circuit().cause())
                .as("an open circuit would keep the others out")
                .isEmpty();

        arrive(delivery, "well", 0, 1).run(Duration.ofMillis(100));

        assertThat(delivery.delivered()).containsExactly("well-0");
        assertThat(delivery.destination.refusesAllFunds()).isFalse();
        delivery.run(Duration.ofMinutes(30));
        assertThat(delivery.destination.refusesAllFunds())
                .as("they were refused before an event was accepted")
                .isFalse();
    }

    @Test
    void shouldTakeARefusalOfEverybodyForNobodysFault() {
        for (int customer = 0; customer < 20; customer++) {
            wallets.put("c" + customer, 0);
        }
        SimulatedDelivery delivery = delivery(Map.of(DeliverySettings.UNFUNDED_BUDGET, "1h"));
        for (int customer = 0; customer < 20; customer++) {
            arrive(delivery, "c" + customer, 0, 10);
        }

        delivery.run(Duration.ofHours(30));

        assertThat(delivery.waiting()).hasSize(200);
        assertThat(delivery.destination.refusesAllFunds()).isTrue();
        assertThat(delivery.funds.view().all()).isTrue();

        wallets.keySet().removeIf(name -> !name.equals("c7"));
        delivery.run(Duration.ofMinutes(6));
        assertThat(delivery.delivered()).hasSize(190);
        assertThat(delivery.dead(DeadLetterReason.NO_FUNDS))
                .as("its budget begins when others are accepted")
                .isEmpty();

        minutes(delivery, 0, 70);
        assertThat(delivery.dead(DeadLetterReason.NO_FUNDS)).hasSize(10);
    }

    @Test
    void shouldTryAllAtOnceWhenTheCommonCauseIsGone() {
        for (int customer = 0; customer < 20; customer++) {
            wallets.put("c" + customer, 0);
        }
        SimulatedDelivery delivery = delivery(Map.of(DeliverySettings.RETRY_MAX, "1h"));
        for (int customer = 0; customer < 20; customer++) {
            arrive(delivery, "c" + customer, 0, 10);
        }
        delivery.run(Duration.ofHours(10));
        wallets.clear();
        while (delivery.delivered().isEmpty()) {
            delivery.run(Duration.ofSeconds(1));
        }

        delivery.run(Duration.ofSeconds(2));

        assertThat(delivery.waiting()).isEmpty();
    }

    @Test
    void shouldMakeDeadLettersWhenTheBudgetIsSpent() {
        wallets.put("poor", 0);
        SimulatedDelivery delivery = delivery(Map.of(DeliverySettings.UNFUNDED_BUDGET, "2h"));
        arrive(delivery, "poor", 0, 100);

        minutes(delivery, 0, 119);
        assertThat(delivery.waiting()).hasSize(100);
        minutes(delivery, 119, 10);

        assertThat(delivery.dead(DeadLetterReason.NO_FUNDS)).hasSize(100);
        assertThat(delivery.delivered()).hasSize(129);

        arrive(delivery, "poor", 100, 1);
        minutes(delivery, 129, 6);
        assertThat(delivery.dead(DeadLetterReason.NO_FUNDS))
                .as("blocked until one is accepted")
                .hasSize(101);
        wallets.remove("poor");
        arrive(delivery, "poor", 101, 1);
        minutes(delivery, 135, 6);
        assertThat(delivery.delivered()).contains("poor-101");
    }

    @Test
    void shouldSpendNoBudgetOfFailuresByAHold() {
        wallets.put("poor", 0);
        SimulatedDelivery delivery = delivery(Map.of());
        arrive(delivery, "poor", 0, 10);
        minutes(delivery, 0, 300);

        away = true;
        delivery.run(Duration.ofMinutes(6));
        away = false;
        minutes(delivery, 300, 10);

        assertThat(delivery.waiting()).hasSize(10);
        assertThat(delivery.delivered()).hasSize(310);
    }

    @Test
    void shouldTryACustomerWhenAnOperatorSaysSo() {
        wallets.put("poor", 0);
        SimulatedDelivery delivery = delivery(Map.of(DeliverySettings.RETRY_MAX, "1h"));
        arrive(delivery, "poor", 0, 10);
        minutes(delivery, 0, 300);
        wallets.remove("poor");

        assertThat(delivery.funds.retry(wanted("another", Optional.empty()))).isTrue();
        delivery.run(Duration.ofMillis(100));
        assertThat(delivery.waiting()).hasSize(10);
        delivery.funds.retry(wanted("poor", Optional.empty()));
        delivery.run(Duration.ofMillis(100));

        assertThat(delivery.waiting()).isEmpty();
    }

    private static Wanted wanted(String customer, Optional<String> account) {
        return new Wanted(Optional.of(customer), account);
    }

    @Test
    void shouldShowTheAccountOfACustomerAndTryItThereOnly() {
        wallets.put("poor", 0);
        SimulatedDelivery delivery = delivery(Map.of(DeliverySettings.RETRY_MAX, "1h"));
        delivery.arrive("acc_1", "poor", "poor-1");
        delivery.arrive("acc_2", "poor", "poor-2");
        delivery.arrive("poor", "poor-3");
        minutes(delivery, 0, 300);
        wallets.remove("poor");

        assertThat(delivery.funds.view().listed())
                .extracting(HeldCustomer::credytAccount)
                .containsExactlyInAnyOrder(Optional.of("acc_1"), Optional.of("acc_2"), Optional.empty());
        delivery.funds.retry(wanted("poor", Optional.of("acc_2")));
        delivery.run(Duration.ofMillis(100));

        assertThat(delivery.waiting()).containsExactlyInAnyOrder("poor-1", "poor-3");
        delivery.funds.retry(Wanted.ALL);
        delivery.run(Duration.ofMillis(100));
        assertThat(delivery.waiting()).isEmpty();
    }

    @Test
    void shouldMakeRoomWhereEventsOfOneFillTheMemory() {
        wallets.put("poor", 0);
        SimulatedDelivery delivery = delivery(Map.of());
        for (int event = 0; event < 60; event++) {
            delivery.arriveTogether("poor", "poor-" + event);
        }
        delivery.run(Duration.ofSeconds(1));
        delivery.deadLetterPolicy.makeRoom(delivery.together);
        assertThat(delivery.together.ledger().outstanding())
                .as("nothing shows that others are accepted")
                .isEqualTo(60);
        arrive(delivery, "well", 0, 1).run(Duration.ofSeconds(1));

        delivery.deadLetterPolicy.makeRoom(delivery.together);

        assertThat(delivery.together.ledger().outstanding()).isZero();
        assertThat(delivery.together.ledger().committable(100).outcomes())
                .hasSize(60)
                .allMatch(settled ->
                        settled.result().match(known -> false, reason -> reason == DeadLetterReason.NO_FUNDS));
        arrive(delivery, "poor", 60, 1).run(Duration.ofMinutes(10));
        assertThat(delivery.waiting()).as("it is held again, and not blocked").containsExactly("poor-60");
    }

    @Test
    void shouldKeepThemWhereOthersFillTheMemory() {
        wallets.put("poor", 0);
        SimulatedDelivery delivery = delivery(Map.of());
        for (int event = 0; event < 20; event++) {
            delivery.arriveTogether("poor", "poor-" + event);
        }
        delivery.run(Duration.ofSeconds(1));
        arrive(delivery, "well", 0, 1).run(Duration.ofMillis(100));
        away = true;
        for (int event = 0; event < 30; event++) {
            delivery.arriveTogether("other", "other-" + event);
        }

        delivery.deadLetterPolicy.makeRoom(delivery.together);

        assertThat(delivery.together.ledger().outstanding()).isEqualTo(50);
    }

    @Test
    void shouldLetACustomerGoThatHoldsUpTheReceiptsOfOthers() {
        wallets.put("poor", 0);
        SimulatedDelivery delivery = delivery(Map.of());
        delivery.arriveTogether("poor", "poor-0").run(Duration.ofSeconds(1));
        for (int event = 0; event < 30; event++) {
            delivery.arriveTogether("well", "well-" + event);
        }
        delivery.run(Duration.ofMillis(100));
        assertThat(delivery.together.ledger().held()).isEqualTo(30);

        delivery.deadLetterPolicy.unblock(delivery.together);

        assertThat(delivery.together.ledger().committable(100).outcomes())
                .hasSize(31)
                .first()
                .matches(settled ->
                        settled.result().match(known -> false, reason -> reason == DeadLetterReason.NO_FUNDS));
    }
}

package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An event that makes Credyt fail, rather than refuse.
 *
 * <table>
 *   <caption>Siblings</caption>
 *   <tr><th>what meets always the same event</th><th>what becomes of it and of its customer's others</th></tr>
 *   <tr><td>500, 502, 503, 504, each time another, a time-out, a broken connection</td>
 *       <td>{@code FAILS_ALONE}; the others are delivered</td></tr>
 *   <tr><td>the same, with no other customer's traffic</td><td>the same</td></tr>
 *   <tr><td>the same, as the last or only event that is left</td>
 *       <td>compared with an event that was accepted before, which is sent again under its id</td></tr>
 *   <tr><td>the same, and the customer has no other event at all</td>
 *       <td>it waits, or is {@code CUSTOMER_BLOCKED} when others are well for the budget</td></tr>
 *   <tr><td>two or more such events in a batch</td><td>each is {@code FAILS_ALONE}</td></tr>
 *   <tr><td>a page, not Credyt's, with 400, 402, 404, 405, 406, 410 to 424, 426, 428, 431, 451 or 499 (a firewall's
 *       rule, a gateway's limit)</td><td>{@code FAILS_ALONE}: the comparison decides, not the status</td></tr>
 *   <tr><td>the same page for all events</td><td>an outage: nothing becomes a dead letter</td></tr>
 *   <tr><td>401, 403, 407 or a redirect</td><td>an outage, for whichever event it comes</td></tr>
 *   <tr><td>425, 429, a 413 with Retry-After: the answer asks to wait</td><td>never a reason to divide</td></tr>
 *   <tr><td>an outage, short or long, in which everything fails</td><td>nothing becomes a dead letter</td></tr>
 *   <tr><td>a destination that fails at random</td><td>nothing becomes a dead letter</td></tr>
 *   <tr><td>the whole customer</td><td>{@code CUSTOMER_BLOCKED} when others are well for the budget</td></tr>
 * </table>
 */
class FailsAloneTest {
    private static final Answer BROKEN = failure(500);

    private final Set<String> poison = new HashSet<>();

    private static Answer failure(int status) {
        return new Answer.Response(status, Map.of(), "", false);
    }

    private static Answer page(int status) {
        return new Answer.Response(
                status, Map.of("content-type", "text/html"), "<html>" + status + " of a gateway</html>", false);
    }

    private boolean poisoned(List<String> ids) {
        return ids.stream().anyMatch(poison::contains);
    }

    private SimulatedDelivery delivery(Function<List<String>, Answer> credyt) {
        return new SimulatedDelivery(Map.of(), credyt);
    }

    private SimulatedDelivery delivery() {
        return delivery(ids -> poisoned(ids) ? BROKEN : SimulatedDelivery.ACCEPTED);
    }

    private static void assertFailsAlone(SimulatedDelivery delivery, Set<String> poison) {
        assertThat(delivery.waiting()).isEmpty();
        assertThat(delivery.dead(DeadLetterReason.FAILS_ALONE)).containsExactlyInAnyOrderElementsOf(poison);
        assertThat(delivery.delivered()).hasSize(delivery.outcomes().size() - poison.size());
    }

    enum Fault {
        STATUS_500,
        STATUS_502,
        STATUS_503,
        STATUS_504,
        EACH_TIME_ANOTHER,
        TIMEOUT,
        CONNECTION;

        Answer answer(int number) {
            return switch (this) {
                case STATUS_500 -> failure(500);
                case STATUS_502 -> failure(502);
                case STATUS_503 -> failure(503);
                case STATUS_504 -> failure(504);
                case EACH_TIME_ANOTHER -> failure(500 + number % 4);
                case TIMEOUT -> new Answer.Failure(true, "no answer within 30 s");
                case CONNECTION -> new Answer.Failure(false, "connection reset");
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void shouldFindTheEventWhateverTheFaultIsLike(Fault fault) {
        var failures = new int[1];
        poison.add("e100");
        SimulatedDelivery delivery =
                delivery(ids -> poisoned(ids) ? fault.answer(failures[0]++) : SimulatedDelivery.ACCEPTED);
        for (int event = 0; event <= 200; event++) {
            delivery.arrive("c", "e" + event);
        }

        delivery.run(Duration.ofMinutes(14));

        assertFailsAlone(delivery, poison);
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                400, 402, 404, 405, 406, 408, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 426, 428,
                431, 444, 451, 460, 499, 500, 501, 520, 599
            })
    void shouldFindTheEventThatAloneMeetsAPage(int status) {
        poison.add("e30");
        for (int others : new int[] {0, 3}) {
            SimulatedDelivery delivery = delivery(ids -> poisoned(ids) ? page(status) : SimulatedDelivery.ACCEPTED);
            for (int event = 0; event <= 60; event++) {
                delivery.arrive("c", "e" + event);
                for (int other = 0; other < others; other++) {
                    delivery.arrive("other" + other, "other" + other + "-" + event);
                }
            }

            delivery.run(Duration.ofMinutes(14));

            assertFailsAlone(delivery, poison);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 401, 403, 407, 425, 429})
    void shouldCondemnNoEventThatMeetsAnAnswerOfAnotherKind(int status) {
        poison.add("e30");
        SimulatedDelivery delivery = delivery(ids -> poisoned(ids) ? page(status) : SimulatedDelivery.ACCEPTED);
        for (int event = 0; event <= 60; event++) {
            delivery.arrive("c", "e" + event);
        }

        delivery.run(Duration.ofMinutes(14));

        assertThat(delivery.waiting()).contains("e30");
        assertThat(delivery.dead(DeadLetterReason.FAILS_ALONE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 413, 422, 431, 500})
    void shouldCondemnNothingWhereAllMeetAPage(int status) {
        for (int customers : new int[] {1, 3, 20}) {
            var closed = new boolean[1];
            SimulatedDelivery delivery = delivery(ids -> closed[0] ? page(status) : SimulatedDelivery.ACCEPTED);
            for (int customer = 0; customer < customers; customer++) {
                delivery.arrive("c" + customer, "before" + customer);
            }
            delivery.run(Duration.ofSeconds(1));
            closed[0] = true;
            for (int minute = 0; minute < 40; minute++) {
                for (int event = 0; event < 40; event++) {
                    int number = minute * 40 + event;
                    delivery.arrive("c" + number % customers, "e" + number);
                }
                delivery.run(Duration.ofMinutes(1));
            }
            closed[0] = false;

            delivery.run(Duration.ofMinutes(15));

            assertThat(delivery.waiting()).isEmpty();
            assertThat(delivery.delivered())
                    .as("status %s, %s customers", status, customers)
                    .hasSize(customers + 1_600);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100, 201})
    void shouldFindTheEventAtEveryPlace(int size) {
        for (int place = 0; place < size; place += Math.max(1, size / 12)) {
            for (int others : new int[] {0, 3}) {
                if (size == 1) {
                    continue;
                }
                poison.clear();
                poison.add("e" + place);
                SimulatedDelivery delivery = delivery();
                for (int event = 0; event < size; event++) {
                    delivery.arrive("c", "e" + event);
                    for (int other = 0; other < others; other++) {
                        delivery.arrive("other" + other, "other" + other + "-" + event);
                    }
                }

                delivery.run(Duration.ofMinutes(14));

                assertFailsAlone(delivery, poison);
                int withIt =
                        (int) delivery.requests.stream().filter(this::poisoned).count();
                assertThat(withIt).as("requests that failed").isLessThanOrEqualTo(28 + 2 * 7);
            }
        }
    }

    @Test
    void shouldFindTheLastEventOfAQuietCustomer() {
        poison.add("e9");
        SimulatedDelivery delivery = delivery();
        for (int event = 0; event < 10; event++) {
            delivery.arrive("c", "e" + event);
        }

        delivery.run(Duration.ofMinutes(14));

        assertFailsAlone(delivery, poison);
    }

    @Test
    void shouldFindTheEventThatComesFirstAfterARestartWhenOthersCome() {
        poison.add("e0");
        SimulatedDelivery delivery = delivery().arrive("c", "e0").run(Duration.ofMinutes(30));
        assertThat(delivery.waiting()).as("nothing to compare it with").containsExactly("e0");

        for (int event = 1; event < 10; event++) {
            delivery.arrive("c", "e" + event);
        }
        delivery.run(Duration.ofMinutes(14));

        assertFailsAlone(delivery, poison);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 20})
    void shouldFindSeveral(int count) {
        var random = new Random(count);
        for (int story = 0; story < 20; story++) {
            poison.clear();
            while (poison.size() < count) {
                poison.add("e" + random.nextInt(100));
            }
            SimulatedDelivery delivery = delivery();
            for (int event = 0; event < 150; event++) {
                delivery.arrive("c", "e" + event);
            }

            delivery.run(Duration.ofHours(3));

            assertFailsAlone(delivery, poison);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void shouldCondemnNothingInAnOutage(int customers) {
        for (int before : new int[] {0, 1, 2, 5}) {
            for (Duration outage : List.of(Duration.ofSeconds(5), Duration.ofMinutes(10), Duration.ofHours(5))) {
                var away = new boolean[] {false};
                SimulatedDelivery delivery = delivery(ids -> away[0] ? BROKEN : SimulatedDelivery.ACCEPTED);
                for (int request = 0; request < before; request++) {
                    delivery.arrive("c0", "before" + request).run(Duration.ofSeconds(1));
                }
                away[0] = true;
                for (int event = 0; event < 120; event++) {
                    delivery.arrive("c" + event % customers, "e" + event);
                }
                delivery.run(outage);
                int inOutage = delivery.requests.size();
                away[0] = false;

                delivery.run(Duration.ofMinutes(15));

                assertThat(delivery.waiting()).isEmpty();
                assertThat(delivery.delivered()).hasSize(before + 120);
                assertThat(delivery.requests.size() - inOutage)
                        .as("requests after the outage")
                        .isLessThanOrEqualTo(customers * (3 + 2 * 7 + 4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 20, 30, 40, 50, 80})
    void shouldCondemnNothingWhereRequestsFailAtRandom(int percent) {
        for (int seed = 0; seed < 5; seed++) {
            var random = new Random(percent + 100L * seed);
            SimulatedDelivery delivery =
                    delivery(ids -> random.nextInt(100) < percent ? BROKEN : SimulatedDelivery.ACCEPTED);
            for (int event = 0; event < 3_000; event++) {
                delivery.arrive("c" + event % 20, "e" + event);
                if (event % 10 == 0) {
                    delivery.run(Duration.ofSeconds(1));
                }
            }
            delivery.run(Duration.ofHours(6));

            assertThat(delivery.waiting()).isEmpty();
            assertThat(delivery.dead(DeadLetterReason.FAILS_ALONE)).isEmpty();
        }
    }

    @Test
    void shouldNotDivideWhereCredytAsksToWait() {
        SimulatedDelivery delivery = delivery(ids -> failure(429));
        for (int event = 0; event < 100; event++) {
            delivery.arrive("c", "e" + event);
        }

        delivery.run(Duration.ofHours(1));

        assertThat(delivery.requests).allMatch(ids -> ids.size() == 100);
    }

    @Test
    void shouldBlockTheCustomerWhereNothingOfItPasses() {
        SimulatedDelivery delivery =
                delivery(ids -> ids.get(0).startsWith("bad") ? BROKEN : SimulatedDelivery.ACCEPTED);
        for (int event = 0; event < 50; event++) {
            delivery.arrive("failing", "bad" + event);
        }
        for (int minute = 0; minute < 60; minute++) {
            delivery.arrive("well", "good" + minute).run(Duration.ofMinutes(1));
        }

        assertThat(delivery.waiting()).isEmpty();
        assertThat(delivery.dead(DeadLetterReason.CUSTOMER_BLOCKED)).hasSize(50);
    }

    @Test
    void shouldBookNothingTwiceThatIsSentAgainForComparison() {
        poison.add("e1");
        SimulatedDelivery delivery = delivery().arrive("c", "e0").arrive("c", "e1");

        delivery.run(Duration.ofMinutes(14));

        assertFailsAlone(delivery, poison);
        List<String> sent = new ArrayList<>();
        delivery.requests.forEach(sent::addAll);
        assertThat(sent).contains("e0", "e1");
    }
}

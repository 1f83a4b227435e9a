package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How many events become dead letters where Credyt refuses many by name.
 *
 * <table>
 *   <caption>Siblings</caption>
 *   <tr><th>Credyt refuses</th><th>what becomes of them</th></tr>
 *   <tr><td>everything, of one customer</td><td>the first share of the reserve; the others wait</td></tr>
 *   <tr><td>everything, of many customers</td><td>events of three customers at most; the others wait</td></tr>
 *   <tr><td>everything for a while, after a deploy of Credyt</td><td>what waited is delivered afterwards</td></tr>
 *   <tr><td>one among many</td><td>it is REJECTED at once, or after one back-off where nothing was accepted before</td></tr>
 *   <tr><td>many, while others are accepted</td><td>as many are REJECTED as were accepted, beyond the reserve</td></tr>
 * </table>
 */
class RefusalSurgeTest {
    private boolean broken = true;

    /** Names the first that it minds. */
    private Answer answer(List<String> ids) {
        for (int index = 0; broken && index < ids.size(); index++) {
            if (ids.get(index).startsWith("bad")) {
                String body = "{\"errors\":{\"events[" + index + "].data.total_tokens\":[\"is required\"]}}";
                return new Answer.Response(422, Map.of("content-type", "application/json"), body, false);
            }
        }
        return SimulatedDelivery.ACCEPTED;
    }

    private SimulatedDelivery delivery() {
        return new SimulatedDelivery(Map.of(DeliverySettings.SURGE_MAX, "1000"), this::answer);
    }

    @ParameterizedTest
    @CsvSource({"1, 100", "50, 100"})
    void shouldStopAtTheBoundWhereEverythingIsRefused(int customers, int bound) {
        SimulatedDelivery delivery = delivery();
        for (int event = 0; event < 2_000; event++) {
            delivery.arrive("c" + event % customers, "bad" + event);
        }

        delivery.run(Duration.ofHours(2));

        assertThat(delivery.dead(DeadLetterReason.REJECTED)).hasSizeBetween(1, bound);
        assertThat(delivery.waiting())
                .hasSize(2_000 - delivery.dead(DeadLetterReason.REJECTED).size());
        assertThat(delivery.destination.surge().holding()).isTrue();

        broken = false;
        delivery.run(Duration.ofHours(1));

        assertThat(delivery.waiting()).isEmpty();
        assertThat(delivery.dead(DeadLetterReason.REJECTED)).hasSizeLessThanOrEqualTo(bound);
        assertThat(delivery.destination.surge().holding()).isFalse();
    }

    @Test
    void shouldRejectSingleWrongEventsAmongGoodOnesAtOnce() {
        SimulatedDelivery delivery = delivery();
        for (int event = 0; event < 1_000; event++) {
            delivery.arrive("c" + event % 7, event % 100 == 50 ? "bad" + event : "good" + event);
        }

        delivery.run(Duration.ofSeconds(3));

        assertThat(delivery.waiting()).isEmpty();
        assertThat(delivery.dead(DeadLetterReason.REJECTED)).hasSize(10);
    }

    @Test
    void shouldRejectAsManyAsSuccessesEarn() {
        SimulatedDelivery delivery = delivery();
        for (int event = 0; event < 1_000; event++) {
            delivery.arrive("wrong", "bad" + event);
        }
        for (int event = 0; event < 300; event++) {
            delivery.arrive("c" + event % 7, "good" + event);
        }

        delivery.run(Duration.ofHours(2));

        assertThat(delivery.dead(DeadLetterReason.REJECTED)).hasSizeBetween(100, 100 + 300);
        assertThat(delivery.delivered()).hasSize(300);
    }
}

package io.usageflow.forwarder.delivery;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.credyt.Answer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever Credyt answers for a while, in any order, delivery ends with an outcome for each event. */
class AnyAnswersProperties {
    private static final int CUSTOMERS = 5;
    private static final int EVENTS = 12;

    /** A Credyt with a memory. It answers at random until it is well. */
    private static final class Credyt {
        final Set<String> stored = new HashSet<>();
        private final Random random;
        boolean well;

        Credyt(long seed) {
            random = new Random(seed);
        }

        Answer post(List<String> ids) {
            int fate = well ? 0 : random.nextInt(20);
            if (fate < 5) {
                stored.addAll(ids);
            } else if (fate == 11) {
                stored.add(ids.get(0));
            }
            return switch (fate) {
                case 0, 5 -> json(fate == 0 ? 202 : 500, "{}");
                case 1 -> new Answer.Response(202, Map.of("content-type", "application/json"), "{", true);
                case 2, 6 -> new Answer.Failure(true, "no complete answer in time");
                case 3, 7 -> json(202, "{\"status\": \"ignored\"}");
                case 4, 8 -> page(202);
                case 9 -> page(404);
                case 10 -> page(413);
                case 11 ->
                    json(
                            207,
                            "{\"results\": ["
                                    + ids.stream()
                                            .map(id -> "{\"id\": \"" + id + "\", \"status\": "
                                                    + (stored.contains(id) ? 202 : 500) + "}")
                                            .collect(joining(","))
                                    + "]}");
                case 12 -> json(401, "");
                case 13 -> json(404, "{\"errors\": {\"customer_id\": \"unknown\"}}");
                case 14 ->
                    json(
                            422,
                            stored.contains(ids.get(0))
                                    ? "{\"errors\": {\"events[0].id\": [\"already exists\"]}}"
                                    : "{\"errors\": {\"events[0].data\": [\"is wrong\"]}}");
                case 15 -> json(422, "{\"title\": \"Unprocessable\"}");
                case 17 -> json(402, "{\"title\": \"Payment Required\"}");
                case 18 -> json(422, "{\"title\": \"Insufficient funds\"}");
                case 16 -> json(409, "{\"title\": \"Conflict\"}");
                default -> json(429, "");
            };
        }

        Answer get(String id) {
            return switch (well ? 0 : random.nextInt(7)) {
                case 0, 1, 2 ->
                    stored.contains(id)
                            ? json(200, "{\"id\": \"" + id + "\", \"fees\": []}")
                            : json(404, "{\"title\": \"Not Found\"}");
                case 3 -> page(200);
                case 4 -> json(503, "");
                case 5 -> json(400, "{}");
                default -> new Answer.Failure(true, "no complete answer in time");
            };
        }

        private static Answer json(int status, String body) {
            return new Answer.Response(status, Map.of("content-type", "application/json"), body, false);
        }

        private static Answer page(int status) {
            return new Answer.Response(
                    status, Map.of("content-type", "text/html"), "<html>" + status + " of a gateway</html>", false);
        }
    }

    @Property(tries = 300)
    void shouldSettleEachEventWhenCredytIsWellAgain(@ForAll long seed) {
        var credyt = new Credyt(seed);
        var delivery = new SimulatedDelivery(Map.of(), credyt::post, credyt::get);
        for (int event = 0; event < EVENTS; event++) {
            for (int customer = 0; customer < CUSTOMERS; customer++) {
                delivery.arrive("c" + customer, "e" + customer + "-" + event);
            }
            delivery.run(Duration.ofSeconds(20));
        }

        credyt.well = true;
        delivery.run(Duration.ofHours(1));

        assertThat(delivery.waiting()).isEmpty();
        assertThat(credyt.stored).containsAll(delivery.delivered());
    }
}

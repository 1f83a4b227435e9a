package io.usageflow.forwarder.delivery;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.answer.Outcome.UnclearReason;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Successes with words for single events, which no document of Credyt's explains. No word settles an event or makes it a
 * dead letter. Credyt's own {@code GET /events/{id}} settles it; if that does not find it, it is sent again with
 * back-off, and its customer is held as one that fails.
 */
class UndocumentedAnswersTest {
    private static final String HANDLERS = "io.usageflow.forwarder.delivery.outcome.AnswerHandler";

    private final Set<String> stored = new HashSet<>();
    private String word = "";
    private boolean storesOdd;

    private static Answer json(int status, String body) {
        return new Answer.Response(status, Map.of("content-type", "application/json"), body, false);
    }

    /** The customer "odd" is answered with a word for each event. */
    private Answer post(List<String> ids) {
        if (!ids.get(0).startsWith("odd")) {
            stored.addAll(ids);
            return json(202, "{}");
        }
        if (storesOdd) {
            stored.addAll(ids);
        }
        return json(
                200,
                "{\"results\":["
                        + ids.stream()
                                .map(id -> "{\"id\":\"" + id + "\",\"status\":" + word + "}")
                                .collect(joining(","))
                        + "]}");
    }

    private Answer get(String id) {
        return stored.contains(id) ? json(200, "{\"id\":\"" + id + "\",\"fees\":[]}") : json(404, "{}");
    }

    private SimulatedDelivery delivery() {
        return new SimulatedDelivery(Map.of(), this::post, this::get)
                .arrive("odd", "odd-0")
                .arrive("odd", "odd-1");
    }

    private static void minutes(SimulatedDelivery delivery, int from, int until) {
        for (int minute = from; minute < until; minute++) {
            delivery.arrive("well", "well-" + minute).run(Duration.ofMinutes(1));
        }
    }

    private static double unclear(SimulatedDelivery delivery, UnclearReason reason) {
        return delivery.registry
                .get("usageflow.delivery.unclear")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .counter()
                .count();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"known\"",
                "\"ignored\"",
                "\"conflict\"",
                "\"duplicate\"",
                "\"accepted\"",
                "\"ok\"",
                "\"rejected\"",
                "\"insufficient_funds\"",
                "200",
                "201",
                "402",
                "409",
                "422",
                "503"
            })
    void shouldRetryAndHoldTheCustomerThatAWordIsSaidOf(String status) {
        word = status;
        SimulatedDelivery delivery = delivery();
        minutes(delivery, 0, 14);

        assertThat(delivery.waiting()).containsExactly("odd-0", "odd-1");
        assertThat(delivery.delivered()).hasSize(14);
        long requests = delivery.requests.stream()
                .filter(ids -> ids.get(0).startsWith("odd"))
                .count();
        assertThat(requests).as("with back-off").isBetween(3L, 20L);
        assertThat(unclear(delivery, UnclearReason.UNDOCUMENTED)).isEqualTo((double) requests);
        assertThat(delivery.destination.circuit().cause()).isEmpty();

        minutes(delivery, 14, 40);
        assertThat(delivery.delivered()).hasSize(40);
        assertThat(delivery.dead(DeadLetterReason.CUSTOMER_BLOCKED))
                .as("as a customer that fails, after its budget")
                .containsExactly("odd-0", "odd-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"known\"", "\"rejected\"", "\"accepted\"", "409"})
    void shouldSettleByTheLookupWhateverTheWord(String status) {
        word = status;
        storesOdd = true;
        SimulatedDelivery delivery = delivery();
        minutes(delivery, 0, 2);

        assertThat(delivery.waiting()).isEmpty();
        assertThat(delivery.delivered()).contains("odd-0", "odd-1");
        assertThat(delivery.requests.stream().filter(ids -> ids.get(0).startsWith("odd")))
                .hasSize(1);
    }

    @Test
    void shouldQuoteTheWordInOneLine() {
        word = "\"ignored\\u0007\\n event=forged " + "x".repeat(5_000) + "\"";
        var log = new ListAppender<ILoggingEvent>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(HANDLERS);
        logger.addAppender(log);
        try {
            minutes(delivery(), 0, 5);
        } finally {
            logger.detachAppender(log);
        }

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .as("once for the batch, not for each attempt")
                .singleElement()
                .asString()
                .startsWith("event=answer_not_understood status=200 reason=UNDOCUMENTED customer=odd")
                .contains("ignored")
                .doesNotContain("\n", "\u0007")
                .hasSizeLessThan(500);
    }

    @Test
    void shouldSettleByTheLookupAnEventThatARefusalSaysExists() {
        stored.add("odd-0");
        var refusal = json(422, "{\"errors\":{\"events[0].id\":[\"already exists\"]}}");
        var delivery = new SimulatedDelivery(Map.of(), ids -> refusal, this::get)
                .arrive("odd", "odd-0")
                .arrive("odd", "odd-1")
                .run(Duration.ofMinutes(1));

        assertThat(delivery.delivered()).containsExactly("odd-0");
        assertThat(delivery.dead(DeadLetterReason.REJECTED)).containsExactly("odd-1");
        assertThat(delivery.requests).containsExactly(List.of("odd-0", "odd-1"), List.of("odd-0"), List.of("odd-1"));
        assertThat(unclear(delivery, UnclearReason.CONFLICT)).isEqualTo(2);
    }
}

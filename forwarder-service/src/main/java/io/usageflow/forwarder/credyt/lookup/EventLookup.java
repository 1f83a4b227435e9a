package io.usageflow.forwarder.credyt.lookup;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Looks up one event at Credyt. */
public final class EventLookup {
    private EventLookup() {}

    /**
     * The result of a lookup.
     *
     * @param text one sentence for messages
     * @param event Credyt's event; empty if absent or unknown
     */
    public record Found(String text, Optional<JsonNode> event) {}

    /**
     * Looks up an event within a few seconds, or longer if Credyt asks to wait. No answer of Credyt makes it fail.
     *
     * @param credytId the event's id at Credyt
     * @throws org.apache.kafka.common.config.ConfigException if there is no usable API key
     */
    public static Found look(Settings settings, String credytId, Clock clock) throws InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (CredytHttp credyt = new CredytHttp(settings.credyt(), keys, 1)) {
            List<QueryResult> results = new CredytQueries(
                            credyt::get, CredytQueries.PER_SECOND_DEFAULT, clock, () -> false)
                    .ask(List.of(CredytQueries.Query.ofEvent(credytId, false)))
                    .orElseThrow();
            return results.get(0)
                    .match(
                            found -> new Found(words(found.event()), Optional.of(found.event())),
                            absent -> new Found("Credyt does not have it", Optional.empty()),
                            unanswered -> new Found("Credyt gave no result: " + unanswered.why(), Optional.empty()));
        } catch (CredytUnreachableException silent) {
            return new Found(String.valueOf(silent.getMessage()), Optional.empty());
        }
    }

    private static String words(JsonNode event) {
        String fees = StreamSupport.stream(event.path("fees").spliterator(), false)
                .map(fee -> fee.path("amount").decimalValue().toPlainString() + " "
                        + fee.path("asset").asText(fee.path("currency").asText("")))
                .collect(Collectors.joining(", "));
        return fees.isEmpty() ? "Credyt has it and charged nothing" : "Credyt has it and charged " + fees.strip();
    }
}

package io.usageflow.forwarder.trace;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CatalogueQueries;
import io.usageflow.forwarder.catalogue.SubscribedPrices;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.ApiKeys;
import io.usageflow.forwarder.credyt.CredytHttp;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.sample.SampleJudge;
import io.usageflow.forwarder.sample.SampleJudge.DeliveredSample;
import io.usageflow.forwarder.sample.SampleJudge.JudgedSample;
import io.usageflow.forwarder.sample.SampleResult;
import io.usageflow.forwarder.sample.SampledEvent;
import io.usageflow.forwarder.trace.Trace.AtCredyt;
import io.usageflow.forwarder.trace.Trace.Billing;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.utils.Utils;

/** Asks Credyt for one event, and judges its fees as the billing samples do. */
final class TracedFees {
    private final Settings settings;
    private final Clock clock;

    TracedFees(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Asks within a few seconds, or longer if Credyt asks to wait. No answer of Credyt makes it fail.
     *
     * @param account the connected account of a platform that has the event; empty for that of the settings
     * @param delivered what delivery was given; its fees are not judged without it
     * @throws org.apache.kafka.common.config.ConfigException if there is no usable API key
     */
    AtCredyt ask(String credytId, Optional<String> account, Optional<DeliverableEvent> delivered)
            throws InterruptedException {
        ApiKeys keys = ApiKeys.open(settings.credyt().apiKey(), System::nanoTime);
        try (CredytHttp credyt = new CredytHttp(settings.credyt(), keys, 1)) {
            var queries = new CredytQueries(credyt::get, CredytQueries.PER_SECOND_DEFAULT, clock, () -> false);
            List<QueryResult> answers = queries.ask(
                            List.of(CredytQueries.Query.ofEvent(credytId, false).in(account)))
                    .orElseThrow();
            Optional<JsonNode> event = answers.get(0)
                    .match(found -> Optional.of(found.event()), absent -> Optional.empty(), silent -> Optional.empty());
            String text = answers.get(0)
                    .match(
                            found -> words(found.event()),
                            absent -> "Credyt does not have it",
                            unanswered -> "Credyt gave no result: " + unanswered.why());
            return new AtCredyt(
                    credytId,
                    text,
                    event.isPresent() && delivered.isPresent()
                            ? billing(queries, answers, delivered.get())
                            : Optional.empty(),
                    event);
        } catch (CredytUnreachableException silent) {
            return new AtCredyt(credytId, String.valueOf(silent.getMessage()), Optional.empty(), Optional.empty());
        }
    }

    private static String words(JsonNode event) {
        String fees = StreamSupport.stream(event.path("fees").spliterator(), false)
                .map(fee -> fee.path("amount").decimalValue().toPlainString() + " "
                        + fee.path("asset").asText(fee.path("currency").asText("")))
                .collect(Collectors.joining(", "));
        return fees.isEmpty() ? "Credyt has it and charged nothing" : "Credyt has it and charged " + fees.strip();
    }

    /** Empty for an event type that needs no price. */
    private Optional<Billing> billing(CredytQueries queries, List<QueryResult> answers, DeliverableEvent delivered)
            throws InterruptedException {
        try (var decoder = AvroSerdes.ownValueDeserializer(settings.registry().serde(), UsageEvent.class)) {
            UsageEvent event =
                    decoder.deserialize(settings.topics().names().events(), Utils.toArray(delivered.getEvent()));
            if (settings.catalogue().freeEventTypes().contains(event.getEventType())) {
                return Optional.empty();
            }
            var sample = new DeliveredSample(
                    new SampledEvent(
                            delivered.getAccountId(),
                            delivered.getCredytEventId(),
                            Reference.of(delivered.getCustomer()),
                            event.getEventType(),
                            delivered.getAdmittedAt()),
                    SubscribedPrices.json(event.getData()));
            Catalogue catalogue = new CatalogueQueries(queries).catalogue().orElseThrow();
            JudgedSample judged = new SampleJudge(queries)
                    .judge(List.of(sample), answers, catalogue)
                    .orElseThrow()
                    .get(0);
            return Optional.of(new Billing(judged.result(), judged.why()));
        } catch (SerializationException | SchemaLostException | IllegalArgumentException unreadable) {
            return unjudged("the event cannot be read: " + unreadable.getMessage());
        } catch (CredytUnreachableException silent) {
            return unjudged(String.valueOf(silent.getMessage()));
        }
    }

    private static Optional<Billing> unjudged(String why) {
        return Optional.of(new Billing(SampleResult.UNJUDGED, why));
    }
}

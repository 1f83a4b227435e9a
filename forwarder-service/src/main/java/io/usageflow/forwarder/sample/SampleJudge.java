package io.usageflow.forwarder.sample;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CatalogueQueries;
import io.usageflow.forwarder.catalogue.FeeCheck;
import io.usageflow.forwarder.catalogue.FeeCheck.BilledEvent;
import io.usageflow.forwarder.catalogue.FeeResult;
import io.usageflow.forwarder.catalogue.SubscribedCustomers;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.Query;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks Credyt for the fees of events, and compares them with the catalogue. One thread. */
public final class SampleJudge {
    private final CredytQueries queries;

    public SampleJudge(CredytQueries queries) {
        this.queries = queries;
    }

    /**
     * A sample that Credyt has.
     *
     * @param data as Credyt received it; a missing node if there is none
     */
    public record DeliveredSample(SampledEvent event, JsonNode data) {}

    /**
     * What became of a sample.
     *
     * @param why empty for the expected fees
     */
    public record JudgedSample(SampleResult result, String why) {}

    /**
     * Judges events, in order; empty if stopped.
     *
     * @throws CredytQueries.CredytUnreachableException if Credyt does not answer, or refuses the key
     */
    Optional<List<JudgedSample>> judge(List<DeliveredSample> samples, Catalogue catalogue) throws InterruptedException {
        Optional<List<QueryResult>> answers = queries.ask(samples.stream()
                .map(sample -> Query.ofEvent(sample.event().credytId(), false)
                        .in(sample.event().customer().credytAccount()))
                .toList());
        return answers.isEmpty() ? Optional.empty() : judge(samples, answers.get(), catalogue);
    }

    /**
     * Judges events by Credyt's answers, in order; empty if stopped. Customers are read again, since a subscription may
     * have changed since they were read last, and an accusation must be true.
     *
     * @throws CredytQueries.CredytUnreachableException if Credyt does not answer, or refuses the key
     */
    public Optional<List<JudgedSample>> judge(
            List<DeliveredSample> samples, List<QueryResult> answers, Catalogue catalogue) throws InterruptedException {
        var customers = new SubscribedCustomers(catalogue, new CatalogueQueries(queries));
        List<Reference> asked = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            if (answers.get(i) instanceof QueryResult.Found) {
                asked.add(samples.get(i).event().customer());
            }
        }
        if (!customers.load(asked)) {
            return Optional.empty();
        }
        List<JudgedSample> judged = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            judged.add(judge(samples.get(i), answers.get(i), customers));
        }
        return Optional.of(judged);
    }

    private static JudgedSample judge(DeliveredSample sample, QueryResult answer, SubscribedCustomers customers) {
        SampledEvent event = sample.event();
        return answer.match(
                found -> {
                    FeeResult fees = FeeCheck.check(
                            customers.catalogue(event.customer()),
                            customers.get(event.customer()),
                            new BilledEvent(event.eventType(), sample.data(), event.admittedAt()),
                            found.event().path("fees"));
                    return new JudgedSample(SampleResult.of(fees.kind()), fees.detail());
                },
                absent -> new JudgedSample(SampleResult.NOT_FOUND, "Credyt does not have the event"),
                unanswered -> new JudgedSample(SampleResult.UNANSWERED, unanswered.why()));
    }
}

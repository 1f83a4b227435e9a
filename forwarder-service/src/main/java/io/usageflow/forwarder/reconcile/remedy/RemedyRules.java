package io.usageflow.forwarder.reconcile.remedy;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.BillingForecast;
import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.FeeCheck;
import io.usageflow.forwarder.catalogue.FeeCheck.BilledEvent;
import io.usageflow.forwarder.catalogue.FeeResult;
import io.usageflow.forwarder.catalogue.SubscribedCustomers;
import io.usageflow.forwarder.catalogue.SubscribedPrices;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.RemedyIds;
import io.usageflow.forwarder.reconcile.remedy.Remedy.Outcome;
import io.usageflow.forwarder.reconcile.remedy.ReportReader.ReportedFinding;
import io.usageflow.forwarder.replay.EventFix;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.Fix;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.rule.Violation;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.header.Headers;

/**
 * Decides on the remedy of a finding, by what Credyt has now: a report may be old. No event is billed twice by a
 * remedy:
 *
 * <ul>
 *   <li>An event is sent again only if Credyt shows it without any fee, and always under the same derived id, which
 *       Credyt bills once. Its customer is the one that has the event. Its costs are left out, because Credyt recorded
 *       them with the event that it did not bill (docs/credyt-api.md, 3).
 *   <li>It is not sent while the catalogue says that it would not be billed, because its new id would be spent, too.
 *   <li>A wallet is corrected by a difference that is certain to the last digit, under a derived transaction id.
 * </ul>
 *
 * Changes nothing but the event that it is given.
 */
final class RemedyRules {
    private final RemedyRequest request;
    private final SubscribedCustomers customers;
    private final Predicate<String> marked;

    /**
     * @param customers with the customers of all findings loaded
     * @param marked whether a mark with this id exists
     */
    RemedyRules(RemedyRequest request, SubscribedCustomers customers, Predicate<String> marked) {
        this.request = request;
        this.customers = customers;
        this.marked = marked;
    }

    /**
     * The event of a finding.
     *
     * @param event by its receipt
     * @param usage as it was published; the decision changes it
     * @param headers as they were published
     */
    record FoundEvent(ReportedFinding finding, EventRef event, UsageEvent usage, Headers headers) {
        Reference customer() {
            return Reference.of(event.customer());
        }
    }

    /** What to do; the outcome is that of a plan. */
    sealed interface Decision {
        Remedy plan();

        <R> R match(Function<Leave, R> onLeave, Function<SendAgain, R> onSendAgain, Function<Adjust, R> onAdjust);

        /** Nothing is done. */
        record Leave(Remedy plan) implements Decision {
            @Override
            public <R> R match(
                    Function<Leave, R> onLeave, Function<SendAgain, R> onSendAgain, Function<Adjust, R> onAdjust) {
                return onLeave.apply(this);
            }
        }

        /**
         * The event is sent again.
         *
         * @param event with its new id
         * @param fixes what was changed, for the mark
         */
        record SendAgain(Remedy plan, UsageEvent event, List<Fix> fixes) implements Decision {
            @Override
            public <R> R match(
                    Function<Leave, R> onLeave, Function<SendAgain, R> onSendAgain, Function<Adjust, R> onAdjust) {
                return onSendAgain.apply(this);
            }
        }

        /**
         * The wallet is corrected.
         *
         * @param customerId Credyt's
         */
        record Adjust(Remedy plan, String customerId) implements Decision {
            @Override
            public <R> R match(
                    Function<Leave, R> onLeave, Function<SendAgain, R> onSendAgain, Function<Adjust, R> onAdjust) {
                return onAdjust.apply(this);
            }
        }
    }

    /**
     * @param atCredyt the event as Credyt has it
     * @param sentAgain the event under its derived id
     */
    Decision decide(FoundEvent found, QueryResult atCredyt, QueryResult sentAgain) {
        return atCredyt.match(
                present -> found.finding().kind() == Kind.UNBILLED
                        ? unbilled(found, present, sentAgain)
                        : charged(found, present.event()),
                absent ->
                        leave(found, Outcome.NO_REMEDY, "Credyt does not have it: 'reconcile --repair' sends it again"),
                unanswered -> leave(found, Outcome.NO_ANSWER, unanswered.why()));
    }

    private static Decision leave(FoundEvent found, Outcome outcome, String detail) {
        return new Decision.Leave(Remedy.without(found.finding(), outcome, detail));
    }

    private Decision unbilled(FoundEvent found, QueryResult.Found atCredyt, QueryResult sentAgain) {
        if (atCredyt.hasFees()) {
            return leave(found, Outcome.NOT_NEEDED, "Credyt has billed it in the meantime");
        }
        String id = RemedyIds.sentAgain(found.event().credytId()).toString();
        return sentAgain.match(
                present -> leave(
                        found,
                        present.hasFees() ? Outcome.SENT_BEFORE : Outcome.STILL_NOT_BILLABLE,
                        present.hasFees()
                                ? "Credyt has billed it as " + id
                                : "a remedy has sent it again as " + id + ", and Credyt has not billed that"),
                absent -> marked.test(RemedyIds.markOfSentAgain(found.event().credytId()))
                        ? leave(found, Outcome.SENT_BEFORE, "it was sent again as " + id + ", and is on its way")
                        : sendAgain(found, id),
                unanswered -> leave(found, Outcome.NO_ANSWER, unanswered.why()));
    }

    private Decision sendAgain(FoundEvent found, String id) {
        UsageEvent event = found.usage();
        List<Fix> fixes = new ArrayList<>();
        JsonNode data;
        try {
            for (EventFix fix : request.fixes()) {
                fixes.addAll(fix.apply(event));
            }
            renew(event, found.event().customer(), id, fixes);
            data = SubscribedPrices.json(event.getData());
        } catch (IllegalArgumentException impossible) {
            return leave(found, Outcome.INVALID, String.valueOf(impossible.getMessage()));
        }
        List<Violation> violations = EventRules.violations(event);
        if (!violations.isEmpty()) {
            return leave(
                    found,
                    Outcome.INVALID,
                    violations.stream().map(Violation::message).collect(Collectors.joining("; ")));
        }
        BillingForecast forecast = customers.forecast(found.customer(), event.getEventType(), data);
        return forecast.match(
                billed -> isFree(billed)
                        ? leave(found, Outcome.NOT_NEEDED, "its prices charge nothing for it")
                        : new Decision.SendAgain(
                                Remedy.without(found.finding(), Outcome.WOULD_SEND, "as " + id), event, fixes),
                notBilled -> leave(
                        found,
                        Outcome.STILL_NOT_BILLABLE,
                        notBilled.misses().get(0).cause() + ", "
                                + notBilled.misses().get(0).detail()),
                undecided -> leave(found, Outcome.UNCERTAIN, undecided.why()));
    }

    private static boolean isFree(Billed billed) {
        return billed.fees().stream()
                .flatMap(fee -> fee.amounts().values().stream())
                .allMatch(amount -> amount.signum() == 0);
    }

    private static void renew(UsageEvent event, CredytReference customer, String id, List<Fix> fixes) {
        fixes.add(new Fix("id", event.getId(), id));
        event.setId(id);
        boolean byCredytId = customer.getKind() == ReferenceKind.CREDYT_ID;
        event.setCustomerId(byCredytId ? customer.getValue() : null);
        event.setCustomerExternalId(byCredytId ? null : customer.getValue());
        if (!event.getCosts().isEmpty()) {
            fixes.add(
                    new Fix("costs", event.getCosts().size() + ", recorded with the event that was not billed", null));
            event.setCosts(List.of());
        }
    }

    private Decision charged(FoundEvent found, JsonNode atCredyt) {
        FeeResult fees = FeeCheck.check(
                customers.catalogue(found.customer()),
                customers.get(found.customer()),
                new BilledEvent(
                        found.usage().getEventType(),
                        SubscribedPrices.json(found.usage().getData()),
                        found.event().acceptedAt().orElse(Instant.EPOCH)),
                atCredyt.path("fees"));
        if (fees.kind() == FeeResult.Kind.AS_EXPECTED) {
            return leave(found, Outcome.NOT_NEEDED, "its fees are as expected");
        }
        if (fees.kind() == FeeResult.Kind.UNBILLED) {
            return leave(found, Outcome.NO_REMEDY, "Credyt shows no fees any more: reconcile again");
        }
        Optional<Map<String, BigDecimal>> excess = fees.excess().map(RemedyRules::withoutZeros);
        Optional<String> customerId = customers.credytId(found.customer());
        if (excess.isEmpty() || customerId.isEmpty()) {
            return leave(found, Outcome.UNCERTAIN, fees.detail());
        }
        if (excess.get().isEmpty()) {
            return leave(found, Outcome.NOT_NEEDED, "the sums are equal: " + fees.detail());
        }
        Remedy plan = new Remedy(found.finding(), Outcome.WOULD_ADJUST, fees.detail(), excess.get());
        if (marked.test(RemedyIds.markOfAdjustment(found.event().credytId()))) {
            return leave(found, Outcome.ADJUSTED_BEFORE, fees.detail());
        }
        boolean takes = excess.get().values().stream().anyMatch(amount -> amount.signum() < 0);
        return takes && request.reasons().charge().isEmpty()
                ? leave(found, Outcome.NEEDS_CHARGE_REASON, fees.detail())
                : new Decision.Adjust(plan, customerId.get());
    }

    private static Map<String, BigDecimal> withoutZeros(Map<String, BigDecimal> amounts) {
        return amounts.entrySet().stream()
                .filter(amount -> amount.getValue().signum() != 0)
                .collect(Collectors.toMap(
                        Map.Entry::getKey, amount -> amount.getValue().stripTrailingZeros()));
    }
}

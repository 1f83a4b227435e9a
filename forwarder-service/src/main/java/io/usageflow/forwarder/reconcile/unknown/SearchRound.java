package io.usageflow.forwarder.reconcile.unknown;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.ReconcileRun;
import io.usageflow.forwarder.reconcile.ReconcileRun.ReconcileListener;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary.Count;
import io.usageflow.forwarder.reconcile.unknown.UnknownSummary.SearchTotals;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.id.Uuids;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Collects the ids that Credyt listed and looks for them in the topics together, because reading a topic costs the same
 * for one id and for a million. An id that no topic has is asked for at Credyt before it is reported. Not thread-safe.
 */
final class SearchRound {
    private static final int IDS_MAX = 1_000_000;
    private static final int FOREIGN_MAX = 100_000;

    private static final int ASKED_AT_ONCE = 200;
    /** Tolerance between Credyt's clock and ours, and between the acceptance of an event and its receipt. */
    private static final Duration MARGIN = Duration.ofMinutes(10);

    private final ReconcileRun run;
    private final SearchTotals totals;
    private final CredytQueries queries;
    private final ReconcileListener<UnknownEventSearch.SearchProgress> listener;
    private final List<Map.Entry<String, ListedCustomers.Customer>> customers;
    private final SentIdFilter sent;
    /** Each with the place of its customer among the customers. */
    private final Map<UUID, Integer> ids = new HashMap<>();
    /** An event is listed again when its list is read a second time, perhaps in another round. */
    private final Set<UUID> reported = new HashSet<>();

    private final List<ReconcileFinding> foreign = new ArrayList<>();
    private long readingNanos;

    private record Suspect(UUID id, Map.Entry<String, ListedCustomers.Customer> customer) {}

    SearchRound(
            Settings settings,
            ReconcileRun run,
            SearchTotals totals,
            CredytQueries queries,
            ReconcileListener<UnknownEventSearch.SearchProgress> listener,
            List<Map.Entry<String, ListedCustomers.Customer>> customers,
            BooleanSupplier stopped) {
        this.run = run;
        this.totals = totals;
        this.queries = queries;
        this.listener = listener;
        this.customers = customers;
        this.sent = new SentIdFilter(settings, stopped);
    }

    /** @param customer the customer of the list, by its place among the customers */
    void take(int customer, List<JsonNode> items) {
        Map.Entry<String, ListedCustomers.Customer> whose = customers.get(customer);
        for (JsonNode item : items) {
            JsonNode named = item.path("customer_id");
            if (named.isTextual() && !named.textValue().equals(ListedCustomers.credytId(whose))) {
                continue; // Credyt ignored the filter. The event is on its own customer's list.
            }
            totals.count(Count.EVENTS_LISTED, 1);
            if (timeOf(item).map(run::contains).orElse(true)) {
                take(customer, item);
            }
        }
    }

    private void take(int customer, JsonNode item) {
        String id = item.path("id").textValue();
        Optional<UUID> uuid = Uuids.parse(id);
        boolean fresh = uuid.map(one -> ids.putIfAbsent(one, customer) == null).orElse(true);
        if (fresh) {
            totals.count(Count.EVENTS_IN_PERIOD, 1);
        }
        if (uuid.isEmpty()) {
            foreign.add(ReconcileFinding.of(
                    Kind.UNKNOWN_TO_US,
                    event(id, customers.get(customer), item),
                    "its id is no UUID: nothing here sends such ids"));
        }
    }

    /** Whether the round must be checked before it takes more. */
    boolean isFull() {
        return ids.size() >= IDS_MAX || foreign.size() >= FOREIGN_MAX;
    }

    /** Looks for the ids and empties the round; false if it was stopped before all were checked. */
    boolean check() throws InterruptedException {
        report(foreign);
        foreign.clear();
        if (ids.isEmpty()) {
            return true;
        }
        long began = System.nanoTime();
        int listed = ids.size();
        Optional<SentIdFilter.ReceiptHorizon> horizon = sent.takeReceipts(ids.keySet());
        if (horizon.isEmpty()) {
            return false;
        }
        totals.unreadable(sent.unreadable());
        totals.count(Count.WITH_RECEIPT, listed - ids.size());
        int without = ids.size();
        // An event is in this topic before Credyt can have it, so events in flight are found here.
        if (without > 0 && !sent.takeDeliverables(ids.keySet())) {
            return false;
        }
        totals.unreadable(sent.unreadable());
        totals.count(Count.SENT_WITHOUT_RECEIPT, without - ids.size());
        readingNanos = System.nanoTime() - began;
        boolean whole = named(horizon.get());
        ids.clear();
        return whole;
    }

    /** How long the topics were read in the last round. */
    long readingNanos() {
        return readingNanos;
    }

    private boolean named(SentIdFilter.ReceiptHorizon horizon) throws InterruptedException {
        List<Suspect> some = new ArrayList<>();
        for (Map.Entry<UUID, Integer> each : ids.entrySet()) {
            if (reported.size() >= IDS_MAX || reported.add(each.getKey())) {
                some.add(new Suspect(each.getKey(), customers.get(each.getValue())));
            }
            if (some.size() >= ASKED_AT_ONCE) {
                if (!ask(some, horizon)) {
                    return false;
                }
                some.clear();
            }
        }
        return ask(some, horizon);
    }

    private boolean ask(List<Suspect> suspects, SentIdFilter.ReceiptHorizon horizon) throws InterruptedException {
        if (suspects.isEmpty()) {
            return true;
        }
        Optional<List<QueryResult>> results = queries.ask(suspects.stream()
                .map(suspect -> CredytQueries.Query.ofEvent(suspect.id().toString(), false)
                        .in(suspect.customer().getValue().reference().credytAccount()))
                .toList());
        if (results.isEmpty()) {
            return false;
        }
        List<ReconcileFinding> findings = new ArrayList<>();
        for (int i = 0; i < suspects.size(); i++) {
            findings.add(checked(suspects.get(i), results.get().get(i), horizon));
        }
        report(findings);
        listener.advanced(new UnknownEventSearch.SearchProgress(totals.summary(), customers.size()));
        return true;
    }

    private static ReconcileFinding checked(Suspect suspect, QueryResult result, SentIdFilter.ReceiptHorizon horizon) {
        String id = suspect.id().toString();
        JsonNode nothing = MissingNode.getInstance();
        return result.match(
                found -> checked(event(id, suspect.customer(), found.event()), "", horizon),
                absent -> ReconcileFinding.of(
                        Kind.UNCHECKED,
                        event(id, suspect.customer(), nothing),
                        "Credyt lists it, and GET /events/{id} says that it does not have it"),
                unanswered -> checked(
                        event(id, suspect.customer(), nothing),
                        "; Credyt listed it, and GET /events/{id} gave no answer: " + unanswered.why(),
                        horizon));
    }

    private static ReconcileFinding checked(EventRef event, String more, SentIdFilter.ReceiptHorizon horizon) {
        Optional<Instant> since = horizon.of(List.of(event.account().split(" ", -1)));
        boolean old = since.isPresent()
                && event.acceptedAt()
                        .map(at -> since.get().equals(Instant.MAX)
                                || at.isBefore(since.get().plus(MARGIN)))
                        .orElse(true);
        if (!old) {
            return ReconcileFinding.of(Kind.UNKNOWN_TO_US, event, "no receipt, and never handed to delivery" + more);
        }
        return ReconcileFinding.of(
                Kind.UNCHECKED,
                event,
                (since.get().equals(Instant.MAX)
                                ? "the receipts of its account's partition have expired"
                                : "receipts begin at " + since.get())
                        + ": whether it was sent cannot be decided" + more);
    }

    /** Reports a list that may have more events than were seen. */
    void unproved(ListedCustomers.Customer who, String why) {
        totals.count(Count.LISTS_NOT_PROVED_WHOLE, 1);
        ReconcileFinding finding = ReconcileFinding.of(
                Kind.UNCHECKED,
                EventRef.atCredyt(
                        "", String.join(" ", who.accounts()), reference(who), Optional.empty(), Optional.empty()),
                "the list of the customer's events was not, or not provably, read whole: " + why);
        run.append(List.of(finding));
        listener.found(finding);
    }

    private void report(List<ReconcileFinding> findings) {
        run.append(findings);
        for (ReconcileFinding finding : findings) {
            totals.count(finding.kind() == Kind.UNKNOWN_TO_US ? Count.UNKNOWN_TO_US : Count.UNCHECKED, 1);
            listener.found(finding);
        }
    }

    private static EventRef event(String id, Map.Entry<String, ListedCustomers.Customer> customer, JsonNode event) {
        JsonNode type = event.path("event_type");
        return EventRef.atCredyt(
                id,
                String.join(" ", customer.getValue().accounts()),
                reference(customer.getValue()),
                timeOf(event),
                Optional.ofNullable(type.textValue()));
    }

    private static CredytReference reference(ListedCustomers.Customer who) {
        return who.reference().toAvro();
    }

    /** When Credyt accepted the event; if Credyt does not say, when it occurred. */
    static Optional<Instant> timeOf(JsonNode event) {
        return time(event.path("created_at")).or(() -> time(event.path("occurred_at")));
    }

    private static Optional<Instant> time(JsonNode text) {
        try {
            return Optional.ofNullable(text.textValue())
                    .map(OffsetDateTime::parse)
                    .map(OffsetDateTime::toInstant);
        } catch (DateTimeException noTime) {
            return Optional.empty();
        }
    }
}

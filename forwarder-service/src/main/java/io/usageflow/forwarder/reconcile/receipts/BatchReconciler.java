package io.usageflow.forwarder.reconcile.receipts;

import io.usageflow.forwarder.catalogue.FeeCheck;
import io.usageflow.forwarder.catalogue.FeeCheck.BilledEvent;
import io.usageflow.forwarder.catalogue.FeeResult;
import io.usageflow.forwarder.catalogue.SubscribedCustomers;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import io.usageflow.forwarder.reconcile.ReconcileRequest;
import io.usageflow.forwarder.reconcile.ReconcileRequest.Repair.Mode;
import io.usageflow.forwarder.reconcile.RemedyIds;
import io.usageflow.forwarder.reconcile.receipts.ReconcileItem.SentEvent;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary.ReceiptTotals;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary.RepairOutcome;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks up, asks for, compares and repairs a batch of events. Not thread-safe; close it. */
final class BatchReconciler implements AutoCloseable {
    private static final long BYTES_MAX = 16L * 1024 * 1024;
    private static final Set<Kind> FEES_ONLY =
            EnumSet.of(Kind.FEES_DOUBLE, Kind.WRONG_VERSION, Kind.FEES_MISSING, Kind.FEES_DIFFER);

    private final Settings settings;
    private final ReconcileRequest request;
    private final String job;
    private final CredytQueries queries;
    private final SentEventReader sentEvents;
    private final Clock clock;
    private final SubscribedCustomers customers;
    private final Set<String> remedies;
    private final ReceiptCheck check;
    private @Nullable RepairWriter repairs;

    /** @param remedies ids of the marks of all remedies */
    BatchReconciler(
            Settings settings,
            ReconcileRequest request,
            String job,
            CredytQueries queries,
            SentEventReader sentEvents,
            SubscribedCustomers customers,
            Set<String> remedies,
            Clock clock) {
        this.settings = settings;
        this.request = request;
        this.job = job;
        this.queries = queries;
        this.sentEvents = sentEvents;
        this.customers = customers;
        this.remedies = remedies;
        this.clock = clock;
        this.check = new ReceiptCheck(request.free(), settings.catalogue().freeEventTypes());
    }

    /** Returns the findings; empty if stopped. */
    Optional<List<ReconcileFinding>> reconcile(List<EventRef> events, ReceiptTotals totals)
            throws InterruptedException {
        List<ReconcileFinding> findings = new ArrayList<>();
        List<ReconcileItem> items = new ArrayList<>();
        long bytes = 0;
        for (EventRef event : SentEventReader.inOrder(events)) {
            ReconcileItem item = sentEvents.find(event);
            items.add(item);
            bytes += item.sent().map(SentEvent::size).orElse(0);
            if (bytes > BYTES_MAX) {
                if (!checked(items, totals, findings)) {
                    return Optional.empty();
                }
                items.clear();
                bytes = 0;
            }
        }
        return checked(items, totals, findings) ? Optional.of(findings) : Optional.empty();
    }

    private boolean checked(List<ReconcileItem> items, ReceiptTotals totals, List<ReconcileFinding> findings)
            throws InterruptedException {
        Instant now = clock.instant();
        Optional<List<QueryResult>> results = queries.ask(items.stream()
                .map(item -> CredytQueries.Query.ofEvent(
                                item.event().credytId(),
                                CredytQueries.isFresh(item.event().acceptedAt().orElse(Instant.EPOCH), now))
                        .in(customer(item).credytAccount()))
                .toList());
        if (results.isEmpty() || !loadCustomers(items, results.get())) {
            return false;
        }
        List<ReconcileItem> missing = new ArrayList<>();
        List<ReconcileFinding> fresh = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            ReconcileItem item = items.get(i);
            QueryResult result = results.get().get(i);
            totals.receipt();
            if (result instanceof QueryResult.Found found) {
                totals.fees(item.event(), found.event(), !check.isToBeBilled(item), isRepair(item));
            }
            Optional<FeeResult> fees = feeResult(item, result);
            fees.filter(judged -> judged.kind() == FeeResult.Kind.UNJUDGED)
                    .ifPresent(judged -> totals.unjudged(judged.detail()));
            Optional<ReconcileFinding> finding = check.check(item, result, fees);
            finding.ifPresent(each -> {
                fresh.add(each);
                if (each.kind() == Kind.MISSING) {
                    missing.add(item);
                }
            });
        }
        Optional<List<ReconcileFinding>> open = withoutRemedied(fresh, totals);
        if (open.isEmpty()) {
            return false;
        }
        open.get().forEach(totals::found);
        findings.addAll(request.repair().mode() == Mode.NONE ? open.get() : repaired(open.get(), missing, totals));
        return true;
    }

    /** Leaves out what a remedy has corrected; empty if stopped. */
    private Optional<List<ReconcileFinding>> withoutRemedied(List<ReconcileFinding> findings, ReceiptTotals totals)
            throws InterruptedException {
        List<ReconcileFinding> sentAgain = findings.stream()
                .filter(finding -> finding.kind() == Kind.UNBILLED
                        && remedies.contains(
                                RemedyIds.markOfSentAgain(finding.event().credytId())))
                .toList();
        Optional<List<QueryResult>> results = queries.ask(sentAgain.stream()
                .map(finding -> CredytQueries.Query.ofEvent(
                                RemedyIds.sentAgain(finding.event().credytId()).toString(), false)
                        .in(Reference.of(finding.event().customer()).credytAccount()))
                .toList());
        if (results.isEmpty()) {
            return Optional.empty();
        }
        List<ReconcileFinding> open = new ArrayList<>();
        for (ReconcileFinding finding : findings) {
            int again = sentAgain.indexOf(finding);
            boolean corrected = again >= 0
                    ? results.get().get(again) instanceof QueryResult.Found found && found.hasFees()
                    : FEES_ONLY.contains(finding.kind())
                            && remedies.contains(
                                    RemedyIds.markOfAdjustment(finding.event().credytId()));
            if (corrected) {
                totals.remedied(finding.kind());
            } else if (again >= 0) {
                open.add(ReconcileFinding.of(
                        finding.kind(),
                        finding.event(),
                        finding.detail() + "; a remedy has sent it again as "
                                + RemedyIds.sentAgain(finding.event().credytId()) + ", which is not billed yet"));
            } else {
                open.add(finding);
            }
        }
        return Optional.of(open);
    }

    private boolean loadCustomers(List<ReconcileItem> items, List<QueryResult> results) throws InterruptedException {
        List<Reference> references = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            if (results.get(i) instanceof QueryResult.Found && hasComparableFees(items.get(i))) {
                references.add(customer(items.get(i)));
            }
        }
        return customers.load(references);
    }

    private Optional<FeeResult> feeResult(ReconcileItem item, QueryResult result) {
        return result instanceof QueryResult.Found found && hasComparableFees(item)
                ? item.sent()
                        .map(sent -> FeeCheck.check(
                                customers.catalogue(customer(item)),
                                customers.get(customer(item)),
                                new BilledEvent(
                                        sent.eventType(),
                                        sent.sent().path("data"),
                                        item.event().acceptedAt().orElse(Instant.EPOCH)),
                                found.event().path("fees")))
                : Optional.empty();
    }

    private boolean hasComparableFees(ReconcileItem item) {
        return item.sent().isPresent() && check.isToBeBilled(item);
    }

    private static Reference customer(ReconcileItem item) {
        return Reference.of(item.event().customer());
    }

    /** Whether the receipt belongs to a repair, so that the event has another receipt. */
    private static boolean isRepair(ReconcileItem item) {
        return item.sent()
                .flatMap(SentEvent::replayOf)
                .map(id -> id.startsWith(RepairWriter.ID_PREFIX))
                .orElse(false);
    }

    /** Returns the same findings; those of missing events name the outcome of the repair. */
    private List<ReconcileFinding> repaired(
            List<ReconcileFinding> findings, List<ReconcileItem> missing, ReceiptTotals totals) {
        Iterator<RepairOutcome> outcomes = outcomes(missing).iterator();
        return findings.stream()
                .map(finding -> {
                    if (finding.kind() != Kind.MISSING) {
                        return finding;
                    }
                    RepairOutcome outcome = outcomes.next();
                    totals.repair(outcome);
                    return ReconcileFinding.of(finding.kind(), finding.event(), finding.detail() + words(outcome));
                })
                .toList();
    }

    private String words(RepairOutcome outcome) {
        return switch (outcome) {
            case WOULD_SEND -> "; --apply sends it again";
            case SENT -> "; sent again by " + job;
            case SENT_BEFORE -> "; an earlier repair has sent it again: give it time, or use --again";
            case EXPIRED -> "";
        };
    }

    private List<RepairOutcome> outcomes(List<ReconcileItem> missing) {
        if (missing.isEmpty() || request.repair().mode() != Mode.APPLY) {
            return missing.stream()
                    .map(item -> item.sent().isPresent() ? RepairOutcome.WOULD_SEND : RepairOutcome.EXPIRED)
                    .toList();
        }
        if (repairs == null) {
            repairs = new RepairWriter(settings, request.repair(), job, clock);
        }
        return repairs.send(missing);
    }

    @Override
    public void close() {
        if (repairs != null) {
            repairs.close();
        }
    }
}

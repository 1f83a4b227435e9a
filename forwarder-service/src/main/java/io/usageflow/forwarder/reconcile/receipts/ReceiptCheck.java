package io.usageflow.forwarder.reconcile.receipts;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.FeeResult;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.reconcile.ReconcileFinding;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Difference;
import io.usageflow.forwarder.reconcile.ReconcileFinding.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares an event with Credyt's answer. Pure.
 *
 * @param free event types without a price, for which no fees are expected, by the command
 * @param freeBySetting likewise, by {@code catalogue.free.event.types}
 */
record ReceiptCheck(Set<String> free, Set<String> freeBySetting) {
    private static final String NOTHING_CHARGED = "Credyt has it and charged nothing";

    ReceiptCheck {
        free = Set.copyOf(free);
        freeBySetting = Set.copyOf(freeBySetting);
    }

    /**
     * Returns the gravest finding.
     *
     * @param fees how the event's fees compare with its prices; empty if they were not compared
     */
    Optional<ReconcileFinding> check(ReconcileItem item, QueryResult result, Optional<FeeResult> fees) {
        return result.match(
                found -> check(item, found, fees),
                absent -> Optional.of(ReconcileFinding.of(
                        Kind.MISSING,
                        item.event(),
                        item.sent().isPresent()
                                ? "Credyt does not have it"
                                : "Credyt does not have it, and it cannot be sent again: " + item.whyNot())),
                unanswered -> Optional.of(ReconcileFinding.of(
                        Kind.UNCHECKED, item.event(), "Credyt gave no answer: " + unanswered.why())));
    }

    private Optional<ReconcileFinding> check(ReconcileItem item, QueryResult.Found found, Optional<FeeResult> fees) {
        List<Difference> differences = differences(item, found.event());
        Optional<ReconcileFinding> ofFees = fees.map(result -> check(item, result))
                .orElseGet(() -> !found.hasFees() && isToBeBilled(item)
                        ? Optional.of(ReconcileFinding.of(
                                Kind.UNBILLED,
                                item.event(),
                                NOTHING_CHARGED + (item.sent().isEmpty() ? "; " + item.whyNot() : "")))
                        : Optional.empty());
        if (!differences.isEmpty()) {
            ofFees.ifPresent(finding -> differences.addAll(finding.differences()));
            return Optional.of(new ReconcileFinding(
                    Kind.DIFFERENT,
                    item.event(),
                    differences,
                    "Credyt has other content"
                            + ofFees.map(finding -> finding.kind() == Kind.UNBILLED
                                            ? ", and charged nothing"
                                            : ", and of its fees: " + finding.detail())
                                    .orElse("")));
        }
        if (ofFees.isPresent()) {
            return ofFees;
        }
        return item.sent().isPresent()
                ? Optional.empty()
                : Optional.of(ReconcileFinding.of(
                        Kind.UNCHECKED, item.event(), "Credyt has it; its content was not compared: " + item.whyNot()));
    }

    private static Optional<ReconcileFinding> check(ReconcileItem item, FeeResult fees) {
        Optional<Kind> kind =
                switch (fees.kind()) {
                    case AS_EXPECTED, UNJUDGED -> Optional.empty();
                    case UNBILLED -> Optional.of(Kind.UNBILLED);
                    case FEES_DOUBLE -> Optional.of(Kind.FEES_DOUBLE);
                    case WRONG_VERSION -> Optional.of(Kind.WRONG_VERSION);
                    case FEES_MISSING -> Optional.of(Kind.FEES_MISSING);
                    case FEES_DIFFER -> Optional.of(Kind.FEES_DIFFER);
                };
        return kind.map(found -> new ReconcileFinding(
                found,
                item.event(),
                fees.differences().stream()
                        .map(difference ->
                                new Difference(difference.field(), difference.expected(), difference.charged()))
                        .toList(),
                found == Kind.UNBILLED ? NOTHING_CHARGED + ": " + fees.detail() : fees.detail()));
    }

    /** Whether fees are expected. */
    boolean isToBeBilled(ReconcileItem item) {
        return item.event()
                .eventType()
                .map(type -> !freeBySetting.contains(type) && !free.contains(type))
                .orElse(free.isEmpty());
    }

    private static List<Difference> differences(ReconcileItem item, JsonNode theirs) {
        List<Difference> differences = new ArrayList<>();
        EventComparison.ofCustomer(item.event().customer(), theirs).ifPresent(differences::add);
        item.sent().ifPresent(sent -> differences.addAll(EventComparison.of(sent.sent(), theirs)));
        return differences;
    }
}

package io.usageflow.forwarder.reconcile.receipts;

import com.fasterxml.jackson.databind.JsonNode;
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
 * @param free event types without a price, for which no fees are expected
 */
record ReceiptCheck(Set<String> free) {
    ReceiptCheck {
        free = Set.copyOf(free);
    }

    /** Returns the gravest finding. */
    Optional<ReconcileFinding> check(ReconcileItem item, QueryResult result) {
        return result.match(
                found -> check(item, found),
                absent -> Optional.of(ReconcileFinding.of(
                        Kind.MISSING,
                        item.event(),
                        item.sent().isPresent()
                                ? "Credyt does not have it"
                                : "Credyt does not have it, and it cannot be sent again: " + item.whyNot())),
                unanswered -> Optional.of(ReconcileFinding.of(
                        Kind.UNCHECKED, item.event(), "Credyt gave no answer: " + unanswered.why())));
    }

    private Optional<ReconcileFinding> check(ReconcileItem item, QueryResult.Found found) {
        List<Difference> differences = differences(item, found.event());
        boolean unbilled = !found.hasFees() && isToBeBilled(item);
        if (!differences.isEmpty()) {
            return Optional.of(new ReconcileFinding(
                    Kind.DIFFERENT,
                    item.event(),
                    differences,
                    unbilled ? "Credyt has other content, and charged nothing" : "Credyt has other content"));
        }
        if (unbilled) {
            return Optional.of(ReconcileFinding.of(
                    Kind.UNBILLED,
                    item.event(),
                    "Credyt has it and charged nothing" + (item.sent().isEmpty() ? "; " + item.whyNot() : "")));
        }
        return item.sent().isPresent()
                ? Optional.empty()
                : Optional.of(ReconcileFinding.of(
                        Kind.UNCHECKED, item.event(), "Credyt has it; its content was not compared: " + item.whyNot()));
    }

    /** Whether fees are expected. */
    boolean isToBeBilled(ReconcileItem item) {
        return item.event().eventType().map(type -> !free.contains(type)).orElse(free.isEmpty());
    }

    private static List<Difference> differences(ReconcileItem item, JsonNode theirs) {
        List<Difference> differences = new ArrayList<>();
        EventComparison.ofCustomer(item.event().customer(), theirs).ifPresent(differences::add);
        item.sent().ifPresent(sent -> differences.addAll(EventComparison.of(sent.sent(), theirs)));
        return differences;
    }
}

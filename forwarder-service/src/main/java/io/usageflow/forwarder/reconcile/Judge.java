package io.usageflow.forwarder.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.credyt.lookup.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an event and Credyt's reply to the question for it come to. Pure.
 *
 * @param free event types that have no price: no fees are expected of them
 */
record Judge(Set<String> free) {
    Judge {
        free = Set.copyOf(free);
    }

    /** One finding at most: the gravest. */
    Optional<Finding> judge(Case one, Reply reply) {
        return reply.match(
                found -> judge(one, found),
                absent -> Optional.of(finding(
                        FindingKind.MISSING,
                        one,
                        one.original().isPresent()
                                ? "Credyt does not have it"
                                : "Credyt does not have it, and it cannot be sent again: " + one.whyNot())),
                unanswered -> Optional.of(
                        finding(FindingKind.UNCHECKED, one, "Credyt said nothing of it: " + unanswered.why())));
    }

    private Optional<Finding> judge(Case one, Reply.Found found) {
        List<Difference> differences = differences(one, found.event());
        boolean unbilled = !found.hasFees() && isToBeBilled(one);
        if (!differences.isEmpty()) {
            return Optional.of(new Finding(
                    FindingKind.DIFFERENT,
                    one.subject(),
                    differences,
                    unbilled ? "Credyt has other content, and charged nothing" : "Credyt has other content"));
        }
        if (unbilled) {
            return Optional.of(finding(
                    FindingKind.UNBILLED,
                    one,
                    "Credyt has it and charged nothing" + (one.original().isEmpty() ? "; " + one.whyNot() : "")));
        }
        return one.original().isPresent()
                ? Optional.empty()
                : Optional.of(finding(
                        FindingKind.UNCHECKED, one, "Credyt has it; its content was not compared: " + one.whyNot()));
    }

    /** Whether fees are expected of it. */
    boolean isToBeBilled(Case one) {
        return one.subject().eventType().map(type -> !free.contains(type)).orElse(free.isEmpty());
    }

    private static List<Difference> differences(Case one, JsonNode theirs) {
        List<Difference> differences = new ArrayList<>();
        Comparison.ofCustomer(one.subject().customer(), theirs).ifPresent(differences::add);
        one.original().ifPresent(original -> differences.addAll(Comparison.of(original.sent(), theirs)));
        return differences;
    }

    private static Finding finding(FindingKind kind, Case one, String detail) {
        return new Finding(kind, one.subject(), List.of(), detail);
    }
}

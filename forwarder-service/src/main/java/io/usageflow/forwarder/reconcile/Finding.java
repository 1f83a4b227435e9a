package io.usageflow.forwarder.reconcile;

import java.util.List;

/**
 * Something that is not as it should be.
 *
 * @param differences of a DIFFERENT event at least one; of others none
 * @param detail one sentence for people
 */
public record Finding(FindingKind kind, Subject subject, List<Difference> differences, String detail) {
    public Finding {
        differences = List.copyOf(differences);
    }
}

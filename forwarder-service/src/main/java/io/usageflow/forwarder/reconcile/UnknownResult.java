package io.usageflow.forwarder.reconcile;

import java.time.Instant;
import java.util.List;

/**
 * What a look through Credyt's lists came to.
 *
 * @param from of the period that was looked at
 * @param to likewise
 * @param complete whether it came to the end; otherwise it was stopped
 * @param goneOn whether it went on from where an earlier run had ended
 * @param notes what limits the result, a sentence each
 */
public record UnknownResult(
        UnknownSummary summary, Instant from, Instant to, boolean complete, boolean goneOn, List<String> notes) {
    public UnknownResult {
        notes = List.copyOf(notes);
    }
}

package io.usageflow.forwarder.reconcile;

import java.time.Instant;
import java.util.List;

/**
 * The result of a run.
 *
 * @param <S> its counts
 * @param from begin of the period
 * @param to end of the period, exclusive
 * @param complete whether the run reached its end; otherwise it was stopped
 * @param resumed whether it resumed an earlier run
 * @param notes what limits the result, a sentence each
 */
public record ReconcileResult<S>(
        S summary, Instant from, Instant to, boolean complete, boolean resumed, List<String> notes) {
    public ReconcileResult {
        notes = List.copyOf(notes);
    }
}

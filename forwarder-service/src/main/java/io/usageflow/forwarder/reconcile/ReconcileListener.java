package io.usageflow.forwarder.reconcile;

/**
 * Follows a run, on the thread that reconciles.
 *
 * @param <P> how far the run is
 */
public interface ReconcileListener<P> {
    /** After each step of some seconds. */
    void advanced(P progress);

    void found(ReconcileFinding finding);
}

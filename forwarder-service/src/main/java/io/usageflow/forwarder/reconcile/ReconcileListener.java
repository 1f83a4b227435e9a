package io.usageflow.forwarder.reconcile;

/** Told what happens while it happens, on the thread that reconciles. */
public interface ReconcileListener {
    /** After each step of some seconds. */
    void advanced(Advance advance);

    void found(Finding finding);
}

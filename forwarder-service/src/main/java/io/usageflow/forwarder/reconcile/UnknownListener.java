package io.usageflow.forwarder.reconcile;

/** Told what happens while it happens, on the thread that asks. */
public interface UnknownListener {
    /**
     * After each round of answers.
     *
     * @param customers all whose lists are to be read, those of earlier runs included
     */
    void advanced(UnknownSummary summary, long customers);

    void found(Finding finding);
}

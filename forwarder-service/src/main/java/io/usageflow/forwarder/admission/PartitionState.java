package io.usageflow.forwarder.admission;

/**
 * What admission remembers of one partition: five rooms, each behind its own verbs. Belongs to one task, so to one
 * thread.
 */
record PartitionState(
        SeenEvents seen,
        CustomerLinks customers,
        ParkedEvents parked,
        AdmissionLedger ledger,
        SourcePositions positions) {
    /** Puts what has gathered in the heap into the transaction that is about to be committed. */
    void write() {
        seen.write();
        positions.write();
        ledger.write();
    }
}

package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.counters.AdmissionLedger;
import io.usageflow.forwarder.admission.dedup.DedupStore;
import io.usageflow.forwarder.admission.links.CustomerLinks;
import io.usageflow.forwarder.admission.parking.ParkedEvents;
import io.usageflow.forwarder.admission.source.SourcePositions;

/**
 * The state of one partition. Belongs to one task, so to one thread.
 */
record PartitionState(
        DedupStore dedup,
        CustomerLinks customers,
        ParkedEvents parked,
        AdmissionLedger ledger,
        SourcePositions positions) {
    /** Writes what is buffered in the heap, in the transaction that is about to be committed. */
    void write() {
        dedup.write();
        positions.write();
        ledger.write();
    }
}

package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.dedup.NewEvent;
import io.usageflow.forwarder.admission.links.Resolution;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;

/** What happens to a record. Sealed: each outcome of admission has its counter. */
sealed interface AdmissionDecision {

    /** The record goes to the partition of its account, where it is checked. */
    record Reroute(String account, int partition) implements AdmissionDecision {}

    /** The record becomes a dead letter. */
    record Reject(DeadLetterDraft letter) implements AdmissionDecision {}

    /** The same event was admitted or parked before. */
    record Duplicate() implements AdmissionDecision {}

    /** The event goes to delivery. */
    record Admit(NewEvent event, Resolution.Resolved resolved) implements AdmissionDecision {}

    /** The event waits for a link. */
    record Park(NewEvent event, Resolution.Unresolved waitsFor) implements AdmissionDecision {}
}

package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.dedup.NewEvent;
import io.usageflow.forwarder.admission.links.Resolution;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;

/** What is to become of a record. Sealed: these are the ways out of admission, and each has its counter. */
sealed interface AdmissionDecision {

    /** It stands in another partition than its account; there it is judged. */
    record Reroute(String account, int partition) implements AdmissionDecision {}

    /** It needs a person or a fix. */
    record Reject(DeadLetterDraft letter) implements AdmissionDecision {}

    /** The same was handed on before. */
    record Duplicate() implements AdmissionDecision {}

    /** It goes to delivery. */
    record Admit(NewEvent event, Resolution.Resolved resolved) implements AdmissionDecision {}

    /** It waits for a link. */
    record Park(NewEvent event, Resolution.Unresolved waitsFor) implements AdmissionDecision {}
}

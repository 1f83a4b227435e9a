package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.schema.UsageEvent;
import java.util.Optional;
import java.util.UUID;

/** What is to become of a record. Sealed: these are the ways out of admission, and each has its counter. */
sealed interface Verdict {

    /** It stands in another partition than its account; there it is judged. */
    record Elsewhere(String account, int partition) implements Verdict {}

    /** It needs a person or a fix. */
    record Refused(DeadLetterDraft letter) implements Verdict {}

    /** The same was handed on before. */
    record Repeated() implements Verdict {}

    /** It goes to delivery. */
    record Admitted(Newcomer event, Resolution.Resolved resolved) implements Verdict {}

    /** It waits for a link. */
    record Waiting(Newcomer event, Resolution.Unlinked waitsFor) implements Verdict {}

    /**
     * An event on its way in.
     *
     * @param id what Credyt will see
     * @param memory to be kept of it in the transaction that hands it on; empty where its id is remembered already, as
     *     that of a replay mostly is
     */
    record Newcomer(UsageEvent event, UUID id, Optional<Sighting.Memory> memory) {}
}

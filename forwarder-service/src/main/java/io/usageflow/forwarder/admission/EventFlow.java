package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.AdmissionMeters.Outcome;
import io.usageflow.forwarder.admission.Resolution.Resolved;
import io.usageflow.forwarder.admission.Verdict.Admitted;
import io.usageflow.forwarder.admission.Verdict.Elsewhere;
import io.usageflow.forwarder.admission.Verdict.Newcomer;
import io.usageflow.forwarder.admission.Verdict.Refused;
import io.usageflow.forwarder.admission.Verdict.Waiting;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.Origin;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.time.Instant;

/**
 * Carries out verdicts: what goes out, what is remembered, and what is counted, always the three together, so that no
 * way out can miss its counter. All of it is in the task's transaction. Belongs to one task.
 */
final class EventFlow implements ParkedRelease.Exit {
    private final PartitionState state;
    private final Outlet outlet;
    private final AdmissionMeters meters;

    EventFlow(PartitionState state, Outlet outlet, AdmissionMeters meters) {
        this.state = state;
        this.outlet = outlet;
        this.meters = meters;
    }

    void carryOut(Verdict verdict, Origin origin, Lane lane, Instant now) {
        if (verdict instanceof Elsewhere elsewhere) {
            outlet.reroute(origin, elsewhere.account(), elsewhere.partition());
            state.ledger().count(LedgerCounter.REROUTED);
            meters.count(Outcome.REROUTED);
            return;
        }
        state.ledger().count(LedgerCounter.RECEIVED);
        if (lane == Lane.REPLAYS) {
            state.ledger().count(LedgerCounter.REPLAYED);
        }
        if (verdict instanceof Admitted admitted) {
            remember(origin, admitted.event());
            deliver(origin, admitted.event(), admitted.resolved());
            meters.count(Outcome.ADMITTED);
        } else if (verdict instanceof Waiting waiting) {
            remember(origin, waiting.event());
            park(origin, waiting, now);
        } else if (verdict instanceof Refused refused) {
            bury(refused.letter());
        } else {
            state.ledger().count(LedgerCounter.DUPLICATE);
            meters.count(Outcome.DUPLICATE);
        }
    }

    @Override
    public void release(Origin origin, Newcomer event, Resolved resolved) {
        state.ledger().unpark();
        deliver(origin, event, resolved);
        meters.count(Outcome.RELEASED);
    }

    @Override
    public void giveUp(DeadLetterDraft letter) {
        state.ledger().unpark();
        bury(letter);
    }

    private void remember(Origin origin, Newcomer newcomer) {
        long appendedAt = origin.source().getTimestamp().toEpochMilli();
        newcomer.memory().ifPresent(memory -> state.seen().remember(newcomer.id(), memory, appendedAt));
    }

    private void deliver(Origin origin, Newcomer event, Resolved resolved) {
        outlet.deliver(origin, event, resolved);
        state.ledger().count(LedgerCounter.ADMITTED);
    }

    private void park(Origin origin, Waiting waiting, Instant now) {
        state.parked().park(waiting.event().event().getAccountId(), new ParkedEvent(origin, now), waiting.waitsFor());
        state.ledger().count(LedgerCounter.PARKED);
        meters.count(Outcome.PARKED);
    }

    private void bury(DeadLetterDraft letter) {
        outlet.deadLetter(letter);
        state.ledger().countDeadLetter(letter.reason());
        meters.countDeadLetter(letter.reason());
    }
}

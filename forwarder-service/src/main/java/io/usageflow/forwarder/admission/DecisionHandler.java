package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.AdmissionTask.PartitionState;
import io.usageflow.forwarder.admission.EventChecker.AdmissionDecision;
import io.usageflow.forwarder.admission.EventChecker.AdmissionDecision.Admit;
import io.usageflow.forwarder.admission.EventChecker.AdmissionDecision.Park;
import io.usageflow.forwarder.admission.EventChecker.AdmissionDecision.Reject;
import io.usageflow.forwarder.admission.EventChecker.AdmissionDecision.Reroute;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.counters.AdmissionMeters.Outcome;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.admission.dedup.DedupResult.NewEvent;
import io.usageflow.forwarder.admission.links.Resolution.Resolved;
import io.usageflow.forwarder.admission.parking.ParkedEvent;
import io.usageflow.forwarder.admission.parking.ParkedRelease;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.time.Instant;

/**
 * Executes decisions: it sends, stores and counts together, in the task's transaction, so that no outcome can miss its
 * counter. Belongs to one task.
 */
final class DecisionHandler implements ParkedRelease.ReleaseHandler {
    private final PartitionState state;
    private final AdmissionSinks sinks;
    private final AdmissionMeters meters;

    DecisionHandler(PartitionState state, AdmissionSinks sinks, AdmissionMeters meters) {
        this.state = state;
        this.sinks = sinks;
        this.meters = meters;
    }

    void handle(AdmissionDecision decision, SourceRecord origin, InputSource input, Instant now) {
        decision.match(new AdmissionDecision.Visitor() {
            @Override
            public void reroute(Reroute elsewhere) {
                sinks.reroute(origin, elsewhere.account(), elsewhere.partition());
                state.ledger().count(LedgerCounter.REROUTED);
                meters.count(Outcome.REROUTED);
            }

            @Override
            public void admit(Admit admitted) {
                received(input);
                remember(origin, admitted.event());
                deliver(origin, admitted.event(), admitted.resolved());
                meters.count(Outcome.ADMITTED);
            }

            @Override
            public void park(Park waiting) {
                received(input);
                remember(origin, waiting.event());
                DecisionHandler.this.park(origin, waiting, now);
            }

            @Override
            public void reject(Reject refused) {
                received(input);
                deadLetter(refused.letter());
            }

            @Override
            public void duplicate() {
                received(input);
                state.ledger().count(LedgerCounter.DUPLICATE);
                meters.count(Outcome.DUPLICATE);
            }
        });
    }

    private void received(InputSource input) {
        state.ledger().count(LedgerCounter.RECEIVED);
        if (input == InputSource.REPLAYS) {
            state.ledger().count(LedgerCounter.REPLAYED);
        }
    }

    @Override
    public void release(SourceRecord origin, NewEvent event, Resolved resolved) {
        state.ledger().unpark();
        deliver(origin, event, resolved);
        meters.count(Outcome.RELEASED);
    }

    @Override
    public void giveUp(DeadLetterDraft letter) {
        state.ledger().unpark();
        deadLetter(letter);
    }

    private void remember(SourceRecord origin, NewEvent newEvent) {
        long appendedAt = origin.source().getTimestamp().toEpochMilli();
        newEvent.memory().ifPresent(memory -> state.dedup().remember(newEvent.id(), memory, appendedAt));
    }

    private void deliver(SourceRecord origin, NewEvent event, Resolved resolved) {
        sinks.deliver(origin, event, resolved);
        state.ledger().count(LedgerCounter.ADMITTED);
    }

    private void park(SourceRecord origin, Park waiting, Instant now) {
        state.parked().park(waiting.event().event().getAccountId(), new ParkedEvent(origin, now), waiting.waitsFor());
        state.ledger().count(LedgerCounter.PARKED);
        meters.count(Outcome.PARKED);
    }

    private void deadLetter(DeadLetterDraft letter) {
        sinks.deadLetter(letter);
        state.ledger().countDeadLetter(letter.reason());
        meters.countDeadLetter(letter.reason());
    }
}

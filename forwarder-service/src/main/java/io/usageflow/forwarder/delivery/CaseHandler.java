package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.OutcomeHandler.Answered;
import io.usageflow.forwarder.delivery.answer.Outcome;
import io.usageflow.forwarder.delivery.answer.Outcome.Accepted;
import io.usageflow.forwarder.delivery.answer.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.answer.Outcome.Divided;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.Part;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.answer.Outcome.TooLarge;
import io.usageflow.forwarder.delivery.answer.Outcome.Unclear;
import io.usageflow.forwarder.delivery.avro.Proof;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.text.VisibleText;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Acts on what the answer to a batch means, case by case. One thread. */
final class CaseHandler extends AnswerActions implements Outcome.Cases<OptionalLong> {
    private static final Logger LOG = LoggerFactory.getLogger(CaseHandler.class);

    private final OutcomeHandler handler;

    CaseHandler(OutcomeHandler handler, Answered answered) {
        super(handler, answered);
        this.handler = handler;
    }

    @Override
    public OptionalLong accepted(Accepted outcome) {
        destinationIsWell();
        destination.accepted(events.size(), nanos);
        customerIsWell();
        for (int i = 0; i < events.size(); i++) {
            deliver(
                    events.get(i),
                    outcome.known().contains(i) ? Proof.ALREADY_KNOWN : Proof.ACCEPTED,
                    outcome.status());
        }
        if (events.size() == 1 && !outcome.known().isEmpty()) {
            batch.bisector().known();
        } else {
            batch.bisector().accepted();
        }
        passed(events.get(events.size() - 1));
        return settleCulprits();
    }

    @Override
    public OptionalLong divided(Divided outcome) {
        destinationIsWell();
        Set<Integer> settled = new HashSet<>();
        Set<Integer> accused = new HashSet<>();
        outcome.parts().forEach((index, part) -> {
            switch (part) {
                case ACCUSED -> accused.add(index);
                case LATER -> {}
                case UNCLEAR -> events.get(index).requireLookup();
                case ACCEPTED, KNOWN -> {
                    settled.add(index);
                    Proof proof = part == Part.KNOWN ? Proof.ALREADY_KNOWN : Proof.ACCEPTED;
                    deliver(events.get(index), proof, outcome.status());
                }
            }
        });
        if (!settled.isEmpty()) {
            destination.accepted(settled.size(), nanos);
            customerIsWell();
        }
        batch.bisector().divided(settled, accused);
        settled.stream().findAny().ifPresent(index -> passed(events.get(index)));
        boolean unclear = outcome.parts().containsValue(Part.UNCLEAR);
        if (unclear) {
            warnOfUnclear(outcome.status(), outcome.word());
        }
        if (unclear || outcome.parts().containsValue(Part.LATER)) {
            batch.delay(nanos
                    + destination.wait(batch.failed(nanos), Optional.empty()).toNanos());
            meters.retried();
        }
        return settleCulprits();
    }

    @Override
    public OptionalLong refused(Refused outcome) {
        destinationIsWell();
        fail(events);
        if (events.size() == 1) {
            events.get(0).refusedBy(answered.answer());
        }
        batch.bisector().refused(outcome.customerPossible(), outcome.exists(), outcome.likeness());
        if (batch.bisector().customerSuspected()) {
            batch.startOver();
            return customerFails(
                    DeadLetterReason.CUSTOMER_BLOCKED, "all its events refused with " + outcome.status(), true);
        }
        return settleCulprits();
    }

    @Override
    public OptionalLong tooLarge(TooLarge outcome) {
        if (outcome.fromCredyt()) {
            destinationIsWell();
        } else {
            destination.undecided(answered.request(), "HTTP " + outcome.status(), outcome.notBefore(), nanos);
        }
        batch.bisector().tooLarge();
        outcome.notBefore()
                .ifPresent(floor -> batch.delay(
                        nanos + destination.wait(1, Optional.of(floor)).toNanos()));
        queues.tooLarge(events.stream().mapToInt(event -> event.json().length).sum());
        return OptionalLong.empty();
    }

    @Override
    public OptionalLong customerTrouble(CustomerTrouble outcome) {
        if (outcome.named()) {
            destinationIsWell();
        } else {
            destinationRefuses("HTTP " + outcome.status(), Optional.empty());
        }
        fail(events);
        return customerFails(DeadLetterReason.CUSTOMER_UNKNOWN, "HTTP " + outcome.status(), outcome.named());
    }

    @Override
    public OptionalLong unclear(Unclear outcome) {
        if (outcome.otherwise().isPresent() && events.get(0).isAbsent()) {
            return refused(outcome.otherwise().get());
        }
        if (events.get(0).isSettled()) {
            return new RetryHandler(handler, answered)
                    .comparisonFailed(new Retry(cause(outcome), outcome.notBefore(), false));
        }
        events.forEach(PendingEvent::requireLookup);
        warnOfUnclear(outcome.status(), outcome.word());
        if (outcome.fromCredyt()) {
            destinationIsWell();
        } else {
            destinationRefuses(cause(outcome), outcome.notBefore());
        }
        fail(events);
        customerFailed(cause(outcome));
        return again(outcome.notBefore());
    }

    @Override
    public OptionalLong halt(Halt outcome) {
        destination.halted(answered.request(), outcome, nanos);
        return OptionalLong.empty();
    }

    /**
     * While budget is left, all of the customer waits. Once it is spent, this batch becomes dead letters and the next is a probe.
     *
     * @param named whether Credyt named the customer. Where it did not, a wrong address or a broken service gives the
     *     same answer, for all customers: then it takes another's success to know that it is this one's fault
     */
    private OptionalLong customerFails(DeadLetterReason reason, String cause, boolean named) {
        FailureStatus failure = customerFailed(cause);
        boolean spent = deadLetterPolicy.isSpent(failure, reason);
        switch (FailureDecision.afterRefusal(named, destination.acceptedSince(failure.sinceNanos()), spent)) {
            case GIVE_UP -> {
                return stepAside(reason, failure, Optional.empty());
            }
            case KEEP ->
                LOG.warn(
                        "event=customer_kept customer={} seconds={} why=\"nothing was accepted meanwhile: check credyt.url\"",
                        VisibleText.logged(customer.value()),
                        failure.failingFor().toSeconds());
            case RETRY -> {}
        }
        meters.retried();
        return waitAll(failure, Optional.empty());
    }

    private String cause(Unclear outcome) {
        return "HTTP " + outcome.status() + " says: " + VisibleText.of(outcome.word(), WORD_MAX);
    }

    @Override
    public OptionalLong retry(Retry outcome) {
        return new RetryHandler(handler, answered).retry(outcome);
    }
}

package io.usageflow.forwarder.delivery.outcome;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.answer.Outcome;
import io.usageflow.forwarder.delivery.answer.Outcome.Accepted;
import io.usageflow.forwarder.delivery.answer.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.NoFunds;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.answer.Outcome.TooLarge;
import io.usageflow.forwarder.delivery.answer.Outcome.Unclear;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.Proof;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.outcome.OutcomeHandler.Answered;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Acts on the outcome of a batch's request. One thread. */
final class BatchAnswerHandler extends AnswerHandler implements Outcome.Visitor<OptionalLong> {
    private static final Logger LOG = LoggerFactory.getLogger(BatchAnswerHandler.class);

    private final OutcomeHandler handler;

    BatchAnswerHandler(OutcomeHandler handler, Answered answered) {
        super(handler, answered);
        this.handler = handler;
    }

    @Override
    public OptionalLong accepted(Accepted outcome) {
        destinationHealthy();
        noteAccepted(events.size());
        events.forEach(event -> deliver(event, Proof.ACCEPTED, outcome.status()));
        batch.bisector().accepted();
        passed(events.get(events.size() - 1));
        return OptionalLong.empty();
    }

    @Override
    public OptionalLong refused(Refused outcome) {
        if (events.size() == 1) {
            events.get(0).refusedBy(answered.answer());
        }
        return handleRefused(outcome);
    }

    @Override
    public OptionalLong tooLarge(TooLarge outcome) {
        if (outcome.fromCredyt()) {
            destinationHealthy();
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
            destinationHealthy();
        } else {
            destinationRefuses("HTTP " + outcome.status(), Optional.empty());
        }
        fail(events);
        return customerFails(DeadLetterReason.CUSTOMER_UNKNOWN, "HTTP " + outcome.status(), outcome.named());
    }

    @Override
    public OptionalLong noFunds(NoFunds outcome) {
        destinationHealthy();
        fail(events);
        if (events.get(0).isSettled()) {
            // It was sent again for a comparison, for which this answer is of no use.
            batch.bisector().retain(event -> !event.isSettled());
        } else {
            batch.bisector().restartSmall();
        }
        return waitForFunds("HTTP " + outcome.status(), outcome.notBefore());
    }

    /** Delays the whole customer; then one event is sent, and more with each success. */
    private OptionalLong waitForFunds(String cause, Optional<Duration> notBefore) {
        boolean probe = destination.customers().lacksFunds(customer);
        if (probe) {
            meters.probedFunds(false);
        } else {
            LOG.warn(
                    "event=funds_refused customer={} answer=\"{}\" why=\"Credyt refuses the customer for lack of funds;"
                            + " its events wait\" remedy=\"top up its wallet\"",
                    VisibleText.logged(customer.value()),
                    cause);
        }
        queues.sendOneAtATime(customer);
        FailureStatus failure = destination.noFunds(customer, partitions(), cause, answered.sentNanos(), nanos);
        boolean spent = deadLetterPolicy.isSpent(failure, DeadLetterReason.NO_FUNDS);
        // As long as everybody is refused, no customer is at fault.
        if (FailureDecision.afterRefusal(false, destination.acceptedSince(failure.sinceNanos()), spent)
                == FailureDecision.GIVE_UP) {
            return giveUp(DeadLetterReason.NO_FUNDS, failure, notBefore);
        }
        meters.retried();
        return OptionalLong.of(nanos
                + destination.wait(Math.max(1, failure.inARow()), notBefore).toNanos());
    }

    @Override
    public OptionalLong unclear(Unclear outcome) {
        meters.unclear(outcome.reason());
        if (outcome.reason().fromCredyt()) {
            destinationHealthy();
        } else {
            destinationRefuses(cause(outcome), outcome.notBefore());
        }
        if (events.get(0).isSettled()) {
            return new RetryHandler(handler, answered)
                    .comparisonFailed(new Retry(cause(outcome), outcome.notBefore(), false));
        }
        events.forEach(event -> event.requireLookup(outcome.otherwise()));
        if (outcome.otherwise().isPresent()) {
            // The lookup decides, so nothing has failed yet.
            events.get(0).refusedBy(answered.answer());
            batch.delay(nanos + destination.wait(1, outcome.notBefore()).toNanos());
            return OptionalLong.empty();
        }
        warnOfUnclear(outcome);
        fail(events);
        customerFailed(cause(outcome));
        return retryLater(outcome.notBefore());
    }

    @Override
    public OptionalLong halt(Halt outcome) {
        destination.halted(answered.request(), outcome, nanos);
        return OptionalLong.empty();
    }

    private String cause(Unclear outcome) {
        return "HTTP " + outcome.status() + ", answer: " + VisibleText.of(outcome.word(), QUOTE_MAX);
    }

    @Override
    public OptionalLong retry(Retry outcome) {
        return new RetryHandler(handler, answered).retry(outcome);
    }
}

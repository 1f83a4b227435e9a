package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.OutcomeHandler.Answered;
import io.usageflow.forwarder.delivery.answer.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.DeadLetterCause;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.queue.SuspectEvent;
import io.usageflow.schema.text.VisibleText;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request that failed for now, or for a reason that no status tells: it is sent again, divided to find an event that fails
 * alone, or its customer gives its events up. One thread.
 */
final class RetryHandler extends AnswerActions {
    private static final Logger LOG = LoggerFactory.getLogger(RetryHandler.class);
    /** The wait before a part of a divided request stops growing after this number of failures. */
    private static final int DIVIDING_WAITS = 3;

    RetryHandler(OutcomeHandler handler, Answered answered) {
        super(handler, answered);
    }

    OptionalLong retry(Retry outcome) {
        if (outcome.kind() == OutageCause.REFUSED && batch.lastFailureNanos().isEmpty()) {
            warnOfRefusal(outcome);
        }
        destination.failed(answered.request(), customer, outcome, answered.sentNanos(), nanos);
        fail(events);
        if (events.get(0).isSettled()) {
            return comparisonFailed(outcome);
        }
        boolean mayBeTheContent =
                FailureDecision.mayBeTheContent(outcome, answered.answer().response());
        if (batch instanceof SuspectEvent suspect && mayBeTheContent) {
            return suspectFailed(suspect, outcome);
        }
        destination.failedUnexplained();
        Optional<Long> failedBefore = batch.lastFailureNanos();
        int failures = batch.failed(nanos);
        FailureStatus failure = customerFailed(outcome.cause());
        if (mayBeTheContent && batch.divide()) {
            nothingPasses();
        }
        boolean divisible = mayBeTheContent && !failure.blocked() && !batch.triedApart();
        if (FailureDecision.afterFailure(divisible, wellBetween(failure, failedBefore), isSpent(failure))
                == FailureDecision.GIVE_UP) {
            return stepAside(DeadLetterReason.CUSTOMER_BLOCKED, failure, outcome.notBefore());
        }
        meters.retried();
        batch.delay(waitUntil(batch.bisector().isDividing() ? Math.min(failures, DIVIDING_WAITS) : failures, outcome));
        return OptionalLong.empty();
    }

    /**
     * The destination was well for others between the last two failures, and is still taken to be. Of a blocked customer both
     * failures have to be of this batch: earlier ones may be long ago.
     */
    private boolean wellBetween(FailureStatus failure, Optional<Long> failedBefore) {
        return destination.isWell()
                && (failure.blocked() ? failedBefore : failure.previousNanos())
                        .filter(destination::wellSince)
                        .isPresent();
    }

    private boolean isSpent(FailureStatus failure) {
        return deadLetterPolicy.isSpent(failure, DeadLetterReason.CUSTOMER_BLOCKED);
    }

    /** Single events of the batch failed, and none passed: others of the customer pass a few of them, if it has others. */
    private void nothingPasses() {
        if (queues.canCompare(customer, batch)) {
            setApart(batch.bisector().takeFailedAlone());
        } else {
            batch.putTogether();
        }
    }

    private OptionalLong suspectFailed(SuspectEvent suspect, Retry outcome) {
        Optional<Long> failedBefore = batch.lastFailureNanos();
        int failures = batch.failed(nanos);
        boolean toBlame = suspect.isToBlame(destination.requests()) && destination.isWell();
        if (toBlame && deadLetterPolicy.allowed(customer, DeadLetterReason.FAILS_ALONE, 1) == 1) {
            String remedy = outcome.kind() == OutageCause.REFUSED
                    ? "The answer is not Credyt's: check the limits and rules of what stands between, then replay it."
                    : "Credyt may have it all the same: replay it under its id when Credyt has mended the cause.";
            String detail = DeadLetterReason.FAILS_ALONE.meaning() + " At last: " + outcome.cause() + ". " + remedy;
            var death = new DeadLetterCause(
                    DeadLetterReason.FAILS_ALONE, detail, answered.answer().response());
            deadLetterPolicy.die(events.get(0), death, now);
            batch.bisector().retain(event -> false);
            return OptionalLong.empty();
        }
        if (!suspect.customerPassed()) {
            FailureStatus failure = customerFailed(outcome.cause());
            if (FailureDecision.afterFailure(false, wellBetween(failure, failedBefore), isSpent(failure))
                    == FailureDecision.GIVE_UP) {
                return stepAside(DeadLetterReason.CUSTOMER_BLOCKED, failure, outcome.notBefore());
            }
        }
        meters.retried();
        batch.delay(waitUntil(Math.min(failures, DIVIDING_WAITS), outcome));
        return OptionalLong.empty();
    }

    /** What Credyt has accepted before failed as well: that says nothing of the suspect events. */
    OptionalLong comparisonFailed(Retry outcome) {
        destination.failedUnexplained();
        meters.retried();
        batch.bisector().retain(event -> !event.isSettled());
        queues.delaySuspects(customer, waitUntil(DIVIDING_WAITS, outcome));
        return OptionalLong.empty();
    }

    private void warnOfRefusal(Retry outcome) {
        LOG.warn(
                "event=request_refused customer={} answer=\"{}\" why=\"it is not Credyt's word on an event\""
                        + " remedy=\"check the account at Credyt, credyt.url and what stands on the way; the events"
                        + " wait\"",
                VisibleText.logged(customer.value()),
                outcome.cause());
    }
}

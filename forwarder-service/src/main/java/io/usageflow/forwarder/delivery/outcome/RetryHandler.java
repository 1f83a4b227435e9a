package io.usageflow.forwarder.delivery.outcome;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.DeadLetterCause;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.outcome.OutcomeHandler.Answered;
import io.usageflow.forwarder.delivery.queue.SuspectEvent;
import io.usageflow.schema.text.VisibleText;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles a request that failed temporarily or for an unknown reason: it is retried, divided to find an event that
 * fails alone, or its events become dead letters. One thread.
 */
final class RetryHandler extends AnswerHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RetryHandler.class);
    /** The wait before a part of a divided batch stops growing after this number of failures. */
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
            handleNothingAccepted();
        }
        boolean divisible = mayBeTheContent && !failure.blocked() && !batch.triedApart();
        if (FailureDecision.afterFailure(divisible, healthyBetween(failure, failedBefore), isSpent(failure))
                == FailureDecision.GIVE_UP) {
            return giveUp(DeadLetterReason.CUSTOMER_BLOCKED, failure, outcome.notBefore());
        }
        meters.retried();
        batch.delay(waitUntil(batch.bisector().isDividing() ? Math.min(failures, DIVIDING_WAITS) : failures, outcome));
        return OptionalLong.empty();
    }

    /**
     * Whether the destination was healthy for others between the last two failures, and still is. For a blocked
     * customer, both failures must be of this batch, since earlier ones may be long ago.
     */
    private boolean healthyBetween(FailureStatus failure, Optional<Long> failedBefore) {
        return destination.isHealthy()
                && (failure.blocked() ? failedBefore : failure.previousNanos())
                        .filter(destination::healthySince)
                        .isPresent();
    }

    private boolean isSpent(FailureStatus failure) {
        return deadLetterPolicy.isSpent(failure, DeadLetterReason.CUSTOMER_BLOCKED);
    }

    private OptionalLong suspectFailed(SuspectEvent suspect, Retry outcome) {
        Optional<Long> failedBefore = batch.lastFailureNanos();
        int failures = batch.failed(nanos);
        boolean toBlame = suspect.isToBlame(destination.requests()) && destination.isHealthy();
        if (toBlame && deadLetterPolicy.allowed(customer, DeadLetterReason.FAILS_ALONE, 1) == 1) {
            String remedy = outcome.kind() == OutageCause.REFUSED
                    ? "The answer is not from Credyt. Check the limits and rules of the proxies on the"
                            + " way, then replay the event."
                    : "Credyt may have stored it. Replay it with the same id after Credyt has fixed the cause.";
            String detail =
                    DeadLetterReason.FAILS_ALONE.meaning() + " Last failure: " + outcome.cause() + ". " + remedy;
            var death = new DeadLetterCause(
                    DeadLetterReason.FAILS_ALONE, detail, answered.answer().response());
            deadLetterPolicy.die(events.get(0), death, now);
            batch.bisector().retain(event -> false);
            return OptionalLong.empty();
        }
        if (!suspect.customerPassed()) {
            FailureStatus failure = customerFailed(outcome.cause());
            if (FailureDecision.afterFailure(false, healthyBetween(failure, failedBefore), isSpent(failure))
                    == FailureDecision.GIVE_UP) {
                return giveUp(DeadLetterReason.CUSTOMER_BLOCKED, failure, outcome.notBefore());
            }
        }
        meters.retried();
        batch.delay(waitUntil(Math.min(failures, DIVIDING_WAITS), outcome));
        return OptionalLong.empty();
    }

    /** An event that Credyt had accepted failed too, so the failure says nothing about the suspect events. */
    OptionalLong comparisonFailed(Retry outcome) {
        destination.failedUnexplained();
        meters.retried();
        batch.bisector().retain(event -> !event.isSettled());
        queues.delaySuspects(customer, waitUntil(DIVIDING_WAITS, outcome));
        return OptionalLong.empty();
    }

    private void warnOfRefusal(Retry outcome) {
        LOG.warn(
                "event=request_refused customer={} answer=\"{}\" why=\"the answer is not about an"
                        + " event; the events wait\""
                        + " remedy=\"check the account at Credyt, credyt.url and the proxies on the way\"",
                VisibleText.logged(customer.value()),
                outcome.cause());
    }
}

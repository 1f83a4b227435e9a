package io.usageflow.forwarder.delivery.outcome;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import java.util.Optional;

/** Decides about a customer's batch after a failure. Pure. */
enum FailureDecision {
    /** Send the batch again after a wait. */
    RETRY,
    /** Like {@link #RETRY}, with a warning: the budget is spent, but nothing shows that the customer is the cause. */
    KEEP,
    /** Make dead letters of the batch. */
    GIVE_UP;

    /**
     * Whether the content of a request may be why it failed. No status proves it, since a gateway may answer a single
     * event with any status; a comparison with other events decides. An answer that asks to wait excludes the content.
     *
     * @param response empty if there was no answer
     */
    static boolean mayBeTheContent(Retry outcome, Optional<Answer.Response> response) {
        return outcome.kind() == OutageCause.REFUSED
                || response.map(answer -> answer.status() >= 500 || answer.status() == 408)
                        .orElse(true);
    }

    /**
     * Decides after a failure that may be the destination's.
     *
     * @param divisible whether the batch can still be divided to find an event that fails alone
     * @param healthyBetween whether the destination was healthy for others between the last two failures
     * @param spent whether the customer's budget is spent
     */
    static FailureDecision afterFailure(boolean divisible, boolean healthyBetween, boolean spent) {
        return !divisible && healthyBetween && spent ? GIVE_UP : RETRY;
    }

    /**
     * Decides after an answer that blames the customer, or that leaves its events unclear.
     *
     * @param named whether Credyt named the customer. If not, a wrong address or a broken service gives the same answer
     *     for all customers, and only another customer's success shows that this customer is the cause
     * @param acceptedSince whether Credyt accepted anything since the customer began to fail
     * @param spent whether the customer's budget is spent
     */
    static FailureDecision afterRefusal(boolean named, boolean acceptedSince, boolean spent) {
        if (!spent) {
            return RETRY;
        }
        return named || acceptedSince ? GIVE_UP : KEEP;
    }
}

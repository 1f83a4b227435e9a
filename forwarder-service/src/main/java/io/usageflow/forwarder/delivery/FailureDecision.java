package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.answer.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import java.util.Optional;

/** What becomes of a customer's batch after a failure. Pure: the caller brings the facts. */
enum FailureDecision {
    /** The batch is sent again after a wait. */
    RETRY,
    /** As {@link #RETRY}, with a warning: the budget is spent, but nothing shows that the customer is the cause. */
    KEEP,
    /** The batch becomes dead letters. */
    GIVE_UP;

    /**
     * Whether the content of a request can be why it failed. No status proves it, since a firewall or a gateway may answer a
     * single event with any; a comparison decides. An answer that asks to wait says that the content is not the cause.
     *
     * @param response empty where no answer came
     */
    static boolean mayBeTheContent(Retry outcome, Optional<Answer.Response> response) {
        return outcome.kind() == OutageCause.REFUSED
                || response.map(answer -> answer.status() >= 500 || answer.status() == 408)
                        .orElse(true);
    }

    /**
     * After a failure that may be the destination's.
     *
     * @param divisible whether the batch can still be divided to find an event that fails alone
     * @param wellBetween whether the destination was well for others between the last two failures
     * @param spent whether the customer's budget is spent
     */
    static FailureDecision afterFailure(boolean divisible, boolean wellBetween, boolean spent) {
        return !divisible && wellBetween && spent ? GIVE_UP : RETRY;
    }

    /**
     * After an answer that blames the customer, or that leaves its events unclear.
     *
     * @param named whether Credyt named the customer. Where it did not, a wrong address or a broken service gives the same
     *     answer for all customers, and only another customer's success shows whose fault it is
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

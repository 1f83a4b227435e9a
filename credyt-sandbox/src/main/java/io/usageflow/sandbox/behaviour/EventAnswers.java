package io.usageflow.sandbox.behaviour;

import java.util.Set;

/**
 * How {@code POST /events} answers. Immutable.
 *
 * @param successStatus 200, 201, 202 or 204; the default 202 is a guess, no source shows the real one
 * @param successBody ignored with 204, which has none
 * @param feeDelayMs time from the answer to the fees and the debit, milliseconds; 0 (default) debits before the answer
 */
public record EventAnswers(
        int successStatus,
        SuccessBody successBody,
        BatchMode batchMode,
        RepeatAnswer repeats,
        ErrorKeys errorKeys,
        long feeDelayMs) {
    // Before DEFAULT, whose constructor looks at it.
    private static final Set<Integer> SUCCESSES = Set.of(200, 201, 202, 204);

    public static final EventAnswers DEFAULT = new EventAnswers(
            202, SuccessBody.OBJECT, BatchMode.ALL_OR_NOTHING, RepeatAnswer.SUCCESS, ErrorKeys.INDEXED, 0);

    public EventAnswers {
        if (!SUCCESSES.contains(successStatus)) {
            throw new IllegalArgumentException(
                    "answers.success_status is " + successStatus + ": use 200, 201, 202 or 204");
        }
        if (feeDelayMs < 0) {
            throw new IllegalArgumentException("answers.fee_delay_ms is " + feeDelayMs + ": use 0 or more");
        }
    }

    public EventAnswers withSuccessStatus(int changed) {
        return new EventAnswers(changed, successBody, batchMode, repeats, errorKeys, feeDelayMs);
    }

    public EventAnswers withSuccessBody(SuccessBody changed) {
        return new EventAnswers(successStatus, changed, batchMode, repeats, errorKeys, feeDelayMs);
    }

    public EventAnswers withBatchMode(BatchMode changed) {
        return new EventAnswers(successStatus, successBody, changed, repeats, errorKeys, feeDelayMs);
    }

    public EventAnswers withRepeats(RepeatAnswer changed) {
        return new EventAnswers(successStatus, successBody, batchMode, changed, errorKeys, feeDelayMs);
    }

    public EventAnswers withErrorKeys(ErrorKeys changed) {
        return new EventAnswers(successStatus, successBody, batchMode, repeats, changed, feeDelayMs);
    }

    public EventAnswers withFeeDelayMs(long changed) {
        return new EventAnswers(successStatus, successBody, batchMode, repeats, errorKeys, changed);
    }
}

package io.usageflow.sandbox.behaviour;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How {@code POST /events} answers. Immutable.
 *
 * @param successStatus 200, 201, 202 or 204; the default 202 is a guess, no source shows the real one
 * @param successBody ignored with 204, which has none
 * @param feeDelayMs time from the answer to the fees and the debit, milliseconds; 0 (default) debits before the answer
 * @param noFunds only with {@link ValidationRules.Overdraft#LIMITED}
 */
public record EventAnswers(
        int successStatus,
        SuccessBody successBody,
        BatchMode batchMode,
        RepeatAnswer repeats,
        ErrorKeys errorKeys,
        long feeDelayMs,
        NoFundsAnswer noFunds) {
    // Declared before DEFAULT, whose constructor reads it.
    private static final Set<Integer> SUCCESSES = Set.of(200, 201, 202, 204);

    public static final EventAnswers DEFAULT = new EventAnswers(
            202,
            SuccessBody.OBJECT,
            BatchMode.ALL_OR_NOTHING,
            RepeatAnswer.SUCCESS,
            ErrorKeys.INDEXED,
            0,
            NoFundsAnswer.PAYMENT_REQUIRED);

    public EventAnswers {
        if (!SUCCESSES.contains(successStatus)) {
            throw new IllegalArgumentException(
                    "answers.success_status is " + successStatus + ": use 200, 201, 202 or 204");
        }
        if (feeDelayMs < 0) {
            throw new IllegalArgumentException("answers.fee_delay_ms is " + feeDelayMs + ": use 0 or more");
        }
    }

    /** The body of a successful {@code POST /events}; no source shows one. */
    public enum SuccessBody {
        /** {@code {}}. The default. */
        OBJECT,
        /** A list of {@code {"id"}}. */
        LIST,
        /** No body and no content type. */
        NONE
    }

    /** The handling of a request with bad events. No source states Credyt's. */
    public enum BatchMode {
        /** Nothing is stored; 422 names the bad events. The default. */
        ALL_OR_NOTHING,
        /** The good events are stored; 422 names the bad events. */
        ACCEPT_GOOD,
        /** The good events are stored; the success response does not mention the bad events. */
        IGNORE_BAD,
        /** The good events are stored; the success response has one result per event. */
        PER_ITEM_RESULTS
    }

    /** The response to an id that was sent before. The first content always stays. */
    public enum RepeatAnswer {
        /** Like the first time. The default: "duplicates are ignored". */
        SUCCESS,
        /** 409. */
        CONFLICT,
        /** 422 whose {@code errors} name the id. */
        UNPROCESSABLE
    }

    /** The response to events that the customer's balance does not cover. No source states Credyt's. */
    public enum NoFundsAnswer {
        /** 402. The default. */
        PAYMENT_REQUIRED,
        /** 422 whose {@code errors} name the events. */
        UNPROCESSABLE
    }

    /** The notation of the keys of {@code errors}. No source shows one for an element of {@code events}. */
    public enum ErrorKeys {
        /** {@code events[0].occurred_at}. The default. */
        INDEXED {
            @Override
            public String write(String path) {
                return path;
            }
        },
        /** {@code Events[0].OccurredAt}. */
        PASCAL {
            @Override
            public String write(String path) {
                Matcher wordStart = WORD_START.matcher(path);
                return wordStart.replaceAll(found -> found.group(1).equals("_")
                        ? found.group(2).toUpperCase(java.util.Locale.ROOT)
                        : found.group(1) + found.group(2).toUpperCase(java.util.Locale.ROOT));
            }
        },
        /** {@code $.events[0].occurred_at}. */
        JSON_PATH {
            @Override
            public String write(String path) {
                return "$." + path;
            }
        },
        /** {@code occurred_at}: the field alone, without its place. */
        FIELD {
            @Override
            public String write(String path) {
                return path.substring(path.lastIndexOf('.') + 1);
            }
        };

        private static final Pattern WORD_START = Pattern.compile("(^|\\.|_)([a-z])");

        /**
         * The path in this notation.
         *
         * @param path in the notation of {@link #INDEXED}
         */
        public abstract String write(String path);
    }
}

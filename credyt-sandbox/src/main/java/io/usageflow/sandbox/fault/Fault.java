package io.usageflow.sandbox.fault;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of failure of a response. The kinds that take effect and then fail show that a client bills nothing twice.
 */
public sealed interface Fault {
    /** An error status with a problem body. */
    record Status(int status, RetryAfter retryAfter, Moment moment) implements Fault {
        /** The statuses that a client of Credyt can receive. */
        public static final Set<Integer> ALLOWED =
                Set.of(400, 401, 402, 403, 404, 408, 409, 413, 422, 425, 429, 500, 502, 503, 504);

        public Status {
            if (!ALLOWED.contains(status)) {
                throw new IllegalArgumentException("fault status is " + status + ": use one of "
                        + ALLOWED.stream().sorted().toList());
            }
        }

        @Override
        public void match(Cases cases) {
            cases.status(this);
        }
    }

    /** The request is served after a wait, without delaying others. */
    record Delay(Duration time) implements Fault {
        @Override
        public void match(Cases cases) {
            cases.delay(this);
        }
    }

    /** The connection is closed without a response. */
    record Drop(Moment moment) implements Fault {
        @Override
        public void match(Cases cases) {
            cases.drop(this);
        }
    }

    /** The request is served. Its response ends in the middle, and the connection is closed. */
    record TruncatedBody() implements Fault {
        @Override
        public void match(Cases cases) {
            cases.truncatedBody(this);
        }
    }

    /** 200 with content type JSON and a body that is not JSON. */
    record NotJson(Moment moment) implements Fault {
        @Override
        public void match(Cases cases) {
            cases.notJson(this);
        }
    }

    /** 200 with an HTML page, as a proxy sends. */
    record Html(Moment moment) implements Fault {
        @Override
        public void match(Cases cases) {
            cases.html(this);
        }
    }

    /** The request is served. Its response arrives in pieces over the given time. */
    record SlowBody(Duration time) implements Fault {
        @Override
        public void match(Cases cases) {
            cases.slowBody(this);
        }
    }

    /** The connection stays open without a response until the client gives up or the sandbox closes. */
    record NoAnswer(Moment moment) implements Fault {
        @Override
        public void match(Cases cases) {
            cases.noAnswer(this);
        }
    }

    void match(Cases cases);

    /** One method per kind. */
    interface Cases {
        void status(Status fault);

        void delay(Delay fault);

        void drop(Drop fault);

        void truncatedBody(TruncatedBody fault);

        void notJson(NotJson fault);

        void html(Html fault);

        void slowBody(SlowBody fault);

        void noAnswer(NoAnswer fault);
    }

    static Fault status(int status) {
        return new Status(status, RetryAfter.ABSENT, Moment.BEFORE_COMMIT);
    }

    static Fault status(int status, RetryAfter retryAfter) {
        return new Status(status, retryAfter, Moment.BEFORE_COMMIT);
    }

    static Fault commitThenStatus(int status) {
        return new Status(status, RetryAfter.ABSENT, Moment.AFTER_COMMIT);
    }

    static Fault dropBeforeCommit() {
        return new Drop(Moment.BEFORE_COMMIT);
    }

    static Fault commitThenDrop() {
        return new Drop(Moment.AFTER_COMMIT);
    }

    /** Whether the request takes effect although it is seen to fail: a client cannot tell the two apart. */
    public enum Moment {
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    /**
     * The {@code Retry-After} of an answer. Immutable.
     *
     * @param seconds ignored if the header is absent
     */
    public record RetryAfter(Form form, int seconds) {
        public static final RetryAfter ABSENT = new RetryAfter(Form.ABSENT, 0);

        /** The two notations of RFC 9110, section 10.2.3, and none. */
        public enum Form {
            ABSENT,
            SECONDS,
            HTTP_DATE
        }

        public RetryAfter {
            if (seconds < 0) {
                throw new IllegalArgumentException("retry_after is " + seconds + ": use 0 seconds or more");
            }
        }

        public static RetryAfter seconds(int seconds) {
            return new RetryAfter(Form.SECONDS, seconds);
        }

        /** As a date, rounded up: the notation has no fractions of a second. */
        public static RetryAfter date(int seconds) {
            return new RetryAfter(Form.HTTP_DATE, seconds);
        }

        public Optional<String> header(Instant now) {
            return switch (form) {
                case ABSENT -> Optional.empty();
                case SECONDS -> Optional.of(Integer.toString(seconds));
                case HTTP_DATE ->
                    Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.format(now.plusSeconds(seconds)
                            .plusNanos(999_999_999)
                            .truncatedTo(ChronoUnit.SECONDS)
                            .atOffset(ZoneOffset.UTC)));
            };
        }
    }
}

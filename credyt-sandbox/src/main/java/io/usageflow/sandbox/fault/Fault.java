package io.usageflow.sandbox.fault;

import java.time.Duration;
import java.util.Set;

/**
 * One way in which an answer goes wrong. Sealed: whoever sends answers must know how to spoil each. The kinds that take
 * effect and then fail are what proves that a client bills nothing twice.
 */
public sealed interface Fault {
    /** An error status with a problem body. */
    record Status(int status, RetryAfter retryAfter, Moment moment) implements Fault {
        /** The statuses that a client of Credyt can meet. */
        public static final Set<Integer> ALLOWED =
                Set.of(400, 401, 403, 404, 408, 409, 413, 422, 425, 429, 500, 502, 503, 504);

        public Status {
            if (!ALLOWED.contains(status)) {
                throw new IllegalArgumentException("fault status is " + status + ": use one of "
                        + ALLOWED.stream().sorted().toList());
            }
        }

        @Override
        public <T> T match(Cases<T> cases) {
            return cases.status(this);
        }
    }

    /** The request is served after a wait; other requests are not held up. */
    record Delay(Duration time) implements Fault {
        @Override
        public <T> T match(Cases<T> cases) {
            return cases.delay(this);
        }
    }

    /** The connection is closed without an answer. */
    record Drop(Moment moment) implements Fault {
        @Override
        public <T> T match(Cases<T> cases) {
            return cases.drop(this);
        }
    }

    /** The request is served, but its answer ends in the middle and the connection is closed. */
    record TruncatedBody() implements Fault {
        @Override
        public <T> T match(Cases<T> cases) {
            return cases.truncatedBody(this);
        }
    }

    /** 200, says JSON, and is not. */
    record NotJson(Moment moment) implements Fault {
        @Override
        public <T> T match(Cases<T> cases) {
            return cases.notJson(this);
        }
    }

    /** 200 with a page, as a proxy in between sends. */
    record Html(Moment moment) implements Fault {
        @Override
        public <T> T match(Cases<T> cases) {
            return cases.html(this);
        }
    }

    /** The request is served; its answer then trickles over the given time. */
    record SlowBody(Duration time) implements Fault {
        @Override
        public <T> T match(Cases<T> cases) {
            return cases.slowBody(this);
        }
    }

    /** The connection stays open and nothing comes, until the client gives up or the sandbox is closed. */
    record NoAnswer(Moment moment) implements Fault {
        @Override
        public <T> T match(Cases<T> cases) {
            return cases.noAnswer(this);
        }
    }

    <T> T match(Cases<T> cases);

    /** One method per kind. */
    interface Cases<T> {
        T status(Status fault);

        T delay(Delay fault);

        T drop(Drop fault);

        T truncatedBody(TruncatedBody fault);

        T notJson(NotJson fault);

        T html(Html fault);

        T slowBody(SlowBody fault);

        T noAnswer(NoAnswer fault);
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
}

package io.usageflow.forwarder.delivery;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an answer means for the batch it answers. Sealed, and read through {@link #match}, so that whoever acts on an
 * answer has to say what becomes of the batch in every case. Indices count the request's events from 0.
 */
public sealed interface Outcome {

    <R> R match(Cases<R> cases);

    /** One method per case. */
    interface Cases<R> {
        R accepted(Accepted outcome);

        R divided(Divided outcome);

        R refused(Refused outcome);

        R tooLarge(TooLarge outcome);

        R customerTrouble(CustomerTrouble outcome);

        R retry(Retry outcome);

        R halt(Halt outcome);
    }

    /** Credyt has all events; of those in {@code known} it said that it had them before. */
    record Accepted(int status, Set<Integer> known) implements Outcome {
        public Accepted {
            known = Set.copyOf(known);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.accepted(this);
        }
    }

    /** The answer speaks of single events; an event without a part is sent again at once. */
    record Divided(int status, Map<Integer, Part> parts) implements Outcome {
        public Divided {
            parts = Map.copyOf(parts);
        }

        @Override
        public <R> R match(Cases<R> cases) {
            return cases.divided(this);
        }
    }

    /** What an answer says of one event among several. */
    enum Part {
        ACCEPTED,
        /** Credyt has it from before. */
        KNOWN,
        /** Accused: sent again alone. Only an event that was refused standing alone dies, so a wrong index kills none. */
        ACCUSED,
        /** Failed for now. */
        LATER
    }

    /**
     * Refused without saying which event is the culprit; of a single event: that event is refused.
     *
     * @param customerPossible whether it may be the customer rather than an event
     * @param exists whether the reason is an id that exists; of a single event that is {@link Accepted} instead
     * @param likeness equal for refusals of the same kind
     */
    record Refused(int status, boolean customerPossible, boolean exists, String likeness) implements Outcome {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.refused(this);
        }
    }

    /** The request is too large, or its answer was; a single event that is too large is refused. */
    record TooLarge(int status) implements Outcome {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.tooLarge(this);
        }
    }

    /**
     * The customer is what is wrong. It may just have been created elsewhere.
     *
     * @param named whether the answer speaks of the customer, as against a bare 404
     */
    record CustomerTrouble(int status, boolean named) implements Outcome {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.customerTrouble(this);
        }
    }

    /**
     * Temporary, or unknown whether it arrived: the same bytes again, later.
     *
     * @param notBefore what Retry-After asks for, unbounded as it came
     * @param overload whether fewer requests at once would help
     */
    record Retry(String cause, Optional<Duration> notBefore, boolean overload) implements Outcome {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.retry(this);
        }
    }

    /** Our key or our address is wrong: no event's fault, and no event would fare better. */
    record Halt(Circuit.Cause cause, String detail) implements Outcome {
        @Override
        public <R> R match(Cases<R> cases) {
            return cases.halt(this);
        }
    }
}

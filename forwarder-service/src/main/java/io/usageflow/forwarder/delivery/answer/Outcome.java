package io.usageflow.forwarder.delivery.answer;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an answer means for the batch it answers. Sealed, and read through {@link #match}, so that a
 * handler decides about the batch in every case. Indices count the request's events from 0.
 */
public sealed interface Outcome {

    <R> R match(Visitor<R> visitor);

    /** One method per case. */
    interface Visitor<R> {
        R accepted(Accepted outcome);

        R partial(Partial outcome);

        R refused(Refused outcome);

        R tooLarge(TooLarge outcome);

        R customerTrouble(CustomerTrouble outcome);

        R unclear(Unclear outcome);

        R retry(Retry outcome);

        R halt(Halt outcome);
    }

    /** Credyt has all events; of those in {@code known} it said that it had them before. */
    record Accepted(int status, Set<Integer> known) implements Outcome {
        public Accepted {
            known = Set.copyOf(known);
        }

        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.accepted(this);
        }
    }

    /**
     * The answer speaks of single events; an event without a part is sent again at once.
     *
     * @param word what was not understood of those that are unclear, for people; foreign text that is not escaped yet
     */
    record Partial(int status, Map<Integer, ItemResult> results, String word) implements Outcome {
        public Partial {
            results = Map.copyOf(results);
        }

        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.partial(this);
        }
    }

    /** What an answer says of one event among several. */
    enum ItemResult {
        ACCEPTED,
        /** Credyt has it from before. */
        KNOWN,
        /** Accused: sent again alone. Only an event that was refused standing alone dies, so a wrong index kills none. */
        SUSPECT,
        /** Failed for now. */
        LATER,
        /** What is said of it is not understood: Credyt is asked for it. */
        UNCLEAR
    }

    /**
     * Refused without saying which event is the culprit; of a single event: that event is refused.
     *
     * @param customerPossible whether it may be the customer rather than an event
     * @param exists whether the reason seems to be an id that exists; it proves nothing
     * @param refusalKind equal for refusals of the same kind
     */
    record Refused(int status, boolean customerPossible, boolean exists, String refusalKind) implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.refused(this);
        }
    }

    /**
     * The request is too large; a single event that is too large is refused.
     *
     * @param fromCredyt whether Credyt said it, as against something on the way
     * @param notBefore what Retry-After asks for, unbounded as it came
     */
    record TooLarge(int status, boolean fromCredyt, Optional<Duration> notBefore) implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.tooLarge(this);
        }
    }

    /**
     * The customer is what is wrong. It may just have been created elsewhere.
     *
     * @param named whether a field of the answer, or Credyt's 404, speaks of the customer, as against a bare 404 or a text
     */
    record CustomerTrouble(int status, boolean named) implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.customerTrouble(this);
        }
    }

    /**
     * The answer does not say in words that are understood whether Credyt has the events. Before anything is concluded
     * Credyt is asked for each of them.
     *
     * @param word what was not understood, for people; foreign text that is not escaped yet
     * @param fromCredyt whether Credyt seems to have said it, as against something on the way
     * @param notBefore what Retry-After asks for, unbounded as it came
     * @param otherwise what the answer means for a single event that Credyt says it does not have; empty: it is sent again
     */
    record Unclear(
            int status, String word, boolean fromCredyt, Optional<Duration> notBefore, Optional<Refused> otherwise)
            implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.unclear(this);
        }
    }

    /**
     * Temporary, or unknown whether it arrived: the same bytes again, later.
     *
     * @param notBefore what Retry-After asks for, unbounded as it came
     * @param overload whether fewer requests at once would help
     * @param kind of outage that it is where all answers are like it
     */
    record Retry(String cause, Optional<Duration> notBefore, boolean overload, OutageCause kind) implements Outcome {
        public Retry(String cause, Optional<Duration> notBefore, boolean overload) {
            this(cause, notBefore, overload, OutageCause.UNAVAILABLE);
        }

        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.retry(this);
        }
    }

    /**
     * Our key or our address is wrong: no event's fault, and no event would fare better.
     *
     * @param notBefore what Retry-After asks for, unbounded as it came
     */
    record Halt(OutageCause cause, String detail, Optional<Duration> notBefore) implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.halt(this);
        }
    }

    /** Why nothing is sent. */
    public enum OutageCause {
        UNAVAILABLE("Credyt does not answer, or asks to wait"),
        REFUSED(
                "each request is refused for a reason that is no event's: check the account at Credyt, credyt.url, and what"
                        + " stands on the way"),
        AUTH("Credyt refuses the API key: check credyt.api.key"),
        REDIRECTED("Credyt's address answers with a redirect, which is never followed: check credyt.url");

        private final String meaning;

        OutageCause(String meaning) {
            this.meaning = meaning;
        }

        /** One clause for people, with the remedy. */
        public String meaning() {
            return meaning;
        }
    }
}

package io.usageflow.forwarder.delivery.answer;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The meaning of an answer for its batch. {@link #match} makes handlers cover every case. Indices count events from 0.
 */
public sealed interface Outcome {

    <R> R match(Visitor<R> visitor);

    /** One method per case. */
    interface Visitor<R> {
        R accepted(Accepted outcome);

        R refused(Refused outcome);

        R tooLarge(TooLarge outcome);

        R customerTrouble(CustomerTrouble outcome);

        R noFunds(NoFunds outcome);

        R unclear(Unclear outcome);

        R retry(Retry outcome);

        R halt(Halt outcome);
    }

    /** Credyt has all events. */
    record Accepted(int status) implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.accepted(this);
        }
    }

    /**
     * The request is refused; a single event is refused itself.
     *
     * @param customerPossible whether it may be the customer rather than an event
     * @param suspects indices of events that the refusal names. Each is sent alone, since a wrong index must not reject
     *     an event; if empty, the batch is bisected
     * @param refusalKind equal for refusals of the same kind
     */
    record Refused(int status, boolean customerPossible, Set<Integer> suspects, String refusalKind) implements Outcome {
        public Refused {
            suspects = Set.copyOf(suspects);
        }

        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.refused(this);
        }
    }

    /**
     * The request is too large; a single event that is too large is refused.
     *
     * @param fromCredyt whether Credyt answered, and not a proxy
     * @param notBefore the unbounded Retry-After
     */
    record TooLarge(int status, boolean fromCredyt, Optional<Duration> notBefore) implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.tooLarge(this);
        }
    }

    /**
     * The customer is refused. It may be too new for Credyt.
     *
     * @param named whether a field of the answer or Credyt's 404 names the customer, and not only a bare 404 or a text
     */
    record CustomerTrouble(int status, boolean named) implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.customerTrouble(this);
        }
    }

    /**
     * The customer lacks funds: its events wait until one of them is accepted.
     *
     * @param notBefore the unbounded Retry-After
     */
    record NoFunds(int status, Optional<Duration> notBefore) implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.noFunds(this);
        }
    }

    /**
     * The answer does not show whether Credyt has the events. Each event is looked up.
     *
     * @param word the text that was not understood, for messages; foreign and not escaped
     * @param notBefore the unbounded Retry-After
     * @param otherwise the outcome of a single event that the lookup does not find; empty: it is sent again
     */
    record Unclear(
            int status, UnclearReason reason, String word, Optional<Duration> notBefore, Optional<Refused> otherwise)
            implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.unclear(this);
        }
    }

    /** Why an answer is unclear. */
    enum UnclearReason {
        /** A success with a statement that Credyt's documents do not explain. */
        UNDOCUMENTED(true),
        /** A refusal that may mean that Credyt has an event. */
        CONFLICT(true),
        /** Not in Credyt's format, so it may be of a proxy. */
        FOREIGN(false),
        /** Cut off, too long, or in an unknown coding. */
        INCOMPLETE(false);

        private final boolean fromCredyt;

        UnclearReason(boolean fromCredyt) {
            this.fromCredyt = fromCredyt;
        }

        /** Whether Credyt seems to have answered, and not a proxy. */
        public boolean fromCredyt() {
            return fromCredyt;
        }
    }

    /**
     * The failure is temporary, or it is unknown whether the request arrived: the same bytes are sent again later.
     *
     * @param notBefore the unbounded Retry-After
     * @param overload whether fewer concurrent requests would help
     * @param kind the cause of an outage, if all answers are like this
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
     * Our key or address is wrong, which affects every event.
     *
     * @param notBefore the unbounded Retry-After
     */
    record Halt(OutageCause cause, String detail, Optional<Duration> notBefore) implements Outcome {
        @Override
        public <R> R match(Visitor<R> visitor) {
            return visitor.halt(this);
        }
    }

    /** Why the circuit is open. */
    public enum OutageCause {
        UNAVAILABLE("Credyt does not answer, or asks to wait"),
        REFUSED("each request is refused for a reason that is not about events: check the account at"
                + " Credyt, credyt.url and" + " the proxies on the way"),
        AUTH("Credyt refuses the API key: check credyt.api.key"),
        REDIRECTED("Credyt's address answers with a redirect, which is never followed: check credyt.url");

        private final String meaning;

        OutageCause(String meaning) {
            this.meaning = meaning;
        }

        /** One clause for messages, with the remedy. */
        public String meaning() {
            return meaning;
        }
    }
}

package io.usageflow.forwarder.credyt.lookup;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Function;

/** What Credyt says of one event. */
public sealed interface QueryResult {
    <R> R match(Function<Found, R> onFound, Function<Absent, R> onAbsent, Function<Unanswered, R> onUnanswered);

    /** Credyt has it. */
    record Found(JsonNode event) implements QueryResult {
        public boolean hasFees() {
            return event.path("fees").isArray() && !event.path("fees").isEmpty();
        }

        @Override
        public <R> R match(
                Function<Found, R> onFound, Function<Absent, R> onAbsent, Function<Unanswered, R> onUnanswered) {
            return onFound.apply(this);
        }
    }

    /** Credyt does not have it. */
    record Absent() implements QueryResult {
        @Override
        public <R> R match(
                Function<Found, R> onFound, Function<Absent, R> onAbsent, Function<Unanswered, R> onUnanswered) {
            return onAbsent.apply(this);
        }
    }

    /**
     * Nobody knows.
     *
     * @param why for people
     * @param reached whether Credyt answered, only not in a way that says anything
     */
    record Unanswered(String why, boolean reached) implements QueryResult {
        @Override
        public <R> R match(
                Function<Found, R> onFound, Function<Absent, R> onAbsent, Function<Unanswered, R> onUnanswered) {
            return onUnanswered.apply(this);
        }
    }
}

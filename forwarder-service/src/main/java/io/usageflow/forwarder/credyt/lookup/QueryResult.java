package io.usageflow.forwarder.credyt.lookup;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Function;

/** The result of looking up one event. */
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
     * Unknown.
     *
     * @param why for messages
     * @param reached whether Credyt gave an answer, though without a result
     */
    record Unanswered(String why, boolean reached) implements QueryResult {
        @Override
        public <R> R match(
                Function<Found, R> onFound, Function<Absent, R> onAbsent, Function<Unanswered, R> onUnanswered) {
            return onUnanswered.apply(this);
        }
    }
}

package io.usageflow.forwarder.replay;

import java.util.List;

/**
 * How a job ended.
 *
 * @param done dead letters whose marks are committed
 * @param toDo as many as plan and limit gave
 */
public record ReplayOutcome(ReplayPlan plan, long done, long toDo, End end) {
    /** Why it ended. */
    public sealed interface End {}

    /** It answered all that it was to answer. */
    public record Finished() implements End {}

    /** The caller cancelled it. */
    public record Cancelled() implements End {}

    /** Not all canaries were delivered. @param outcomes of those whose end is known */
    public record CanaryFailed(List<CanaryOutcome> outcomes) implements End {}

    /** A later job fenced it, or Kafka aborted its transaction after {@code transaction.timeout.ms}. */
    public record TakenOver() implements End {}

    /**
     * The run failed.
     *
     * @param cause Kafka or the registry, mostly; the next run finds out whether the last transaction was committed
     */
    public record Failed(RuntimeException cause) implements End {}

    /**
     * How the replay of one dead letter ended.
     *
     * @param deadLetterId of the one that was replayed
     * @param kind the same word everywhere
     * @param detail for people; empty for {@link Kind#DELIVERED}
     */
    public record CanaryOutcome(String deadLetterId, Kind kind, String detail) {

        /** Closed. */
        public enum Kind {
            /** Credyt has it: its receipt is there. */
            DELIVERED,
            /** It became a dead letter again. */
            DEAD_LETTER,
            /** Admission has read it, and it waits for a link. */
            PARKED,
            /** Admitted, and not delivered in time. */
            NOT_DELIVERED,
            /** Not even admitted in time. */
            NOT_ADMITTED
        }

        public boolean failed() {
            return kind != Kind.DELIVERED;
        }
    }
}

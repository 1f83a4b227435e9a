package io.usageflow.forwarder.replay;

import java.util.List;
import java.util.function.Function;

/**
 * How a job ended.
 *
 * @param done dead letters whose marks are committed
 * @param toDo dead letters to answer, by plan and limit
 */
public record ReplayOutcome(ReplayPlan plan, long done, long toDo, End end) {
    /** Why it ended. */
    public sealed interface End {
        <R> R match(
                Function<Finished, R> onFinished,
                Function<Cancelled, R> onCancelled,
                Function<CanaryFailed, R> onCanaryFailed,
                Function<TakenOver, R> onTakenOver,
                Function<Failed, R> onFailed);
    }

    /** The job answered every dead letter of the plan, up to the limit. */
    public record Finished() implements End {
        @Override
        public <R> R match(
                Function<Finished, R> onFinished,
                Function<Cancelled, R> onCancelled,
                Function<CanaryFailed, R> onCanaryFailed,
                Function<TakenOver, R> onTakenOver,
                Function<Failed, R> onFailed) {
            return onFinished.apply(this);
        }
    }

    /** The caller cancelled it. */
    public record Cancelled() implements End {
        @Override
        public <R> R match(
                Function<Finished, R> onFinished,
                Function<Cancelled, R> onCancelled,
                Function<CanaryFailed, R> onCanaryFailed,
                Function<TakenOver, R> onTakenOver,
                Function<Failed, R> onFailed) {
            return onCancelled.apply(this);
        }
    }

    /**
     * Not all canaries were delivered.
     *
     * @param outcomes of those whose end is known
     */
    public record CanaryFailed(List<CanaryOutcome> outcomes) implements End {
        @Override
        public <R> R match(
                Function<Finished, R> onFinished,
                Function<Cancelled, R> onCancelled,
                Function<CanaryFailed, R> onCanaryFailed,
                Function<TakenOver, R> onTakenOver,
                Function<Failed, R> onFailed) {
            return onCanaryFailed.apply(this);
        }
    }

    /** A later job fenced it, or Kafka aborted its transaction after {@code transaction.timeout.ms}. */
    public record TakenOver() implements End {
        @Override
        public <R> R match(
                Function<Finished, R> onFinished,
                Function<Cancelled, R> onCancelled,
                Function<CanaryFailed, R> onCanaryFailed,
                Function<TakenOver, R> onTakenOver,
                Function<Failed, R> onFailed) {
            return onTakenOver.apply(this);
        }
    }

    /**
     * The run failed.
     *
     * @param cause usually Kafka or the registry; the next run finds out whether the last transaction was committed
     */
    public record Failed(RuntimeException cause) implements End {
        @Override
        public <R> R match(
                Function<Finished, R> onFinished,
                Function<Cancelled, R> onCancelled,
                Function<CanaryFailed, R> onCanaryFailed,
                Function<TakenOver, R> onTakenOver,
                Function<Failed, R> onFailed) {
            return onFailed.apply(this);
        }
    }

    /**
     * How the replay of one dead letter ended.
     *
     * @param deadLetterId of the one that was replayed
     * @param kind in the same word everywhere
     * @param detail for people; empty for {@link Kind#DELIVERED}
     */
    public record CanaryOutcome(String deadLetterId, Kind kind, String detail) {

        /** Closed. */
        public enum Kind {
            /** Credyt has the event: its receipt exists. */
            DELIVERED,
            /** It became a dead letter again. */
            DEAD_LETTER,
            /** Admission has read it, and it waits for a link. */
            PARKED,
            /** Admitted, and not delivered in time. */
            NOT_DELIVERED,
            /** Not admitted in time. */
            NOT_ADMITTED
        }

        public boolean failed() {
            return kind != Kind.DELIVERED;
        }
    }
}

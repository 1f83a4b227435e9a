package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterState;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Which dead letters to answer, and how. Immutable.
 *
 * @param again whether to answer dead letters that are answered already, except those that this job has answered: a job
 *     under the same name resumes where it stopped
 */
public record ReplayRequest(DeadLetterFilter filter, Action action, boolean again, Audit audit, Limits limits) {
    /** Default of {@link Limits#perSecondMax}. */
    public static final int PER_SECOND = 500;

    public static final int PER_SECOND_MAX = 100_000;
    /** Bound of a canary, because each outcome is watched. */
    public static final int CANARY_MAX = 1_000;

    /** The answer. */
    public sealed interface Action {
        <R> R match(Function<Replay, R> onReplay, Supplier<R> onDiscard);
    }

    /**
     * Sends the events through the pipeline again.
     *
     * @param fixes made to each event before
     * @param newIds whether events whose id was admitted before with other content may go under an id of their own
     */
    public record Replay(List<EventFix> fixes, boolean newIds) implements Action {
        public Replay {
            fixes = List.copyOf(fixes);
        }

        /** Replays events as they were published. */
        public static Replay unchanged() {
            return new Replay(List.of(), false);
        }

        @Override
        public <R> R match(Function<Replay, R> onReplay, Supplier<R> onDiscard) {
            return onReplay.apply(this);
        }
    }

    /** Gives the events up. */
    public record Discard() implements Action {
        @Override
        public <R> R match(Function<Replay, R> onReplay, Supplier<R> onDiscard) {
            return onDiscard.get();
        }
    }

    /**
     * The audit fields of each mark.
     *
     * @param why may be empty for a replay
     * @param job names the run
     */
    public record Audit(String who, String why, String job) {
        /** With a new name for the run. */
        public static Audit of(String who, String why) {
            return new Audit(who, why, "job-" + UUID.randomUUID().toString().substring(0, 8));
        }
    }

    /**
     * How fast and how far a replay runs.
     *
     * @param perSecondMax dead letters a second, 1 to {@value ReplayRequest#PER_SECOND_MAX}
     * @param limit dead letters in total; unbounded if empty
     */
    public record Limits(int perSecondMax, OptionalLong limit, Canary canary) {
        public Limits {
            if (perSecondMax < 1 || perSecondMax > PER_SECOND_MAX) {
                throw new IllegalArgumentException("rate is " + perSecondMax + ": use 1 to " + PER_SECOND_MAX);
            }
            if (limit.isPresent() && limit.getAsLong() < 1) {
                throw new IllegalArgumentException("limit is " + limit.getAsLong() + ": use at least 1");
            }
        }

        public static Limits unhurried() {
            return new Limits(PER_SECOND, OptionalLong.empty(), Canary.none());
        }
    }

    /**
     * Dead letters that are replayed first. The rest follows only when all of them are delivered.
     *
     * @param count 0 for none
     * @param timeout for all of them together
     */
    public record Canary(int count, Duration timeout) {
        public Canary {
            if (count < 0 || count > CANARY_MAX) {
                throw new IllegalArgumentException("canary is " + count + ": use 1 to " + CANARY_MAX);
            }
        }

        public static Canary none() {
            return new Canary(0, Duration.ZERO);
        }
    }

    public ReplayRequest {
        if (action instanceof Discard && limits.canary().count() > 0) {
            throw new IllegalArgumentException("a discard has no canary: it writes no event to wait for");
        }
    }

    /** Whether to skip a dead letter in this state, last answered by that job. */
    boolean leavesAlone(DeadLetterState state, String answeredBy) {
        return state != DeadLetterState.OPEN && (!again || answeredBy.equals(audit.job()));
    }
}

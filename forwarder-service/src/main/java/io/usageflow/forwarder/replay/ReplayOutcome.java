package io.usageflow.forwarder.replay;

import java.util.List;

/** How a job ended. Sealed: it never began, or it ended in one of a few ways with so much done. */
public sealed interface ReplayOutcome {

    /** Another job is running; nothing was begun. */
    record Occupied(Holder holder) implements ReplayOutcome {}

    /**
     * @param done dead letters that were answered for good
     * @param toDo as many as plan and limit gave
     */
    record Ended(ReplayPlan plan, long done, long toDo, End end) implements ReplayOutcome {}

    /** Why it ended. Sealed. */
    sealed interface End {}

    /** All was done that was to be done. */
    record Finished() implements End {}

    /** Somebody asked for it. */
    record Cancelled() implements End {}

    /** Not all of the first were delivered. @param outcomes of those whose end is known */
    record CanaryFailed(List<CanaryOutcome> outcomes) implements End {}

    /** Another job has the lock now, or Kafka was not reachable for longer than it keeps one. */
    record TakenOver() implements End {}

    /** @param cause Kafka or the registry, mostly; whether the last few were answered, the next run finds out */
    record Failed(RuntimeException cause) implements End {}
}

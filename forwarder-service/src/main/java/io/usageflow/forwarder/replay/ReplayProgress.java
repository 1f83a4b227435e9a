package io.usageflow.forwarder.replay;

import java.util.List;

/** Follows a job, on the job's thread. */
public interface ReplayProgress {
    /** Says nothing. */
    ReplayProgress SILENT = new ReplayProgress() {};

    /** All is counted; the answering begins. @param toDo how many will be answered, by plan and limit */
    default void planned(ReplayPlan plan, long toDo) {}

    /** After each transaction. @param done in all, committed */
    default void done(long done, long toDo) {}

    /** The first have been replayed, and their outcomes are waited for. */
    default void canaryAwaited(int count) {}

    /** All of the first were delivered, or not. */
    default void canaryEnded(List<CanaryOutcome> outcomes) {}
}

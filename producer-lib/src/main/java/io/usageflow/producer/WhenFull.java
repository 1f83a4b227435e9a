package io.usageflow.producer;

/**
 * What becomes of an event for which there is no room in {@code buffer.memory}, after the caller has waited for room as
 * long as {@code publish.max.block.ms} lets it: {@code publish.on.full}. Each of them is counted and in the log.
 */
public enum WhenFull {
    /** Its future fails with {@link BufferFullException}: the caller publishes the same event again, later. */
    FAIL,
    /**
     * The application means to lose it rather than to do anything about it. Its future fails with a {@link
     * BufferFullException} that says so, and it counts as {@link RefusalReason#DROPPED}.
     */
    DROP,
    /** {@code publish} itself throws {@link BufferFullException}: for callers that never look at futures. */
    THROW
}

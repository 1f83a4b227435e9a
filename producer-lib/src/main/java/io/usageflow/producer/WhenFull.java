package io.usageflow.producer;

/**
 * What happens to an event if {@code buffer.memory} is full and {@code publish.max.block.ms} has passed: {@code
 * publish.on.full}. Each such event is counted and logged.
 */
public enum WhenFull {
    /** Its future fails with {@link BufferFullException}: the caller publishes the same event again, later. */
    FAIL,
    /**
     * The application accepts the loss. The future fails with a {@link BufferFullException} that says so, and the event
     * counts as {@link RefusalReason#DROPPED}.
     */
    DROP,
    /** {@code publish} itself throws {@link BufferFullException}: for callers that ignore futures. */
    THROW
}

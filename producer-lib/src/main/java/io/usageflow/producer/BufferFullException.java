package io.usageflow.producer;

/**
 * The buffer for events that wait for Kafka is full. Nothing was sent. Slow down, raise {@code buffer.memory}, or let
 * the caller wait with {@code publish.max.block.ms}.
 */
public final class BufferFullException extends PublishException {
    private static final long serialVersionUID = 1L;

    /** @param bufferBytes the bound that was reached, {@code buffer.memory} */
    public BufferFullException(String id, long bufferBytes) {
        this(id, bufferBytes, false);
    }

    /** @param dropped whether the application accepts the loss: {@code publish.on.full=drop} */
    public BufferFullException(String id, long bufferBytes, boolean dropped) {
        super(
                id,
                dropped ? RefusalReason.DROPPED : RefusalReason.BUFFER_FULL,
                id + (dropped ? " was dropped, as publish.on.full says" : " was not sent")
                        + ": events that wait for Kafka fill buffer.memory (" + bufferBytes
                        + " bytes). Publish it again later with the same id, raise buffer.memory, or wait for room with"
                        + " publish.max.block.ms",
                null);
    }
}

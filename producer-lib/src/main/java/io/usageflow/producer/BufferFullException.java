package io.usageflow.producer;

/**
 * More is waiting for Kafka than may be held in memory. Nothing was sent. Slow down, raise {@code buffer.memory}, or let
 * the caller wait with {@code publish.max.block.ms}.
 */
public final class BufferFullException extends PublishException {
    private static final long serialVersionUID = 1L;

    /** @param bufferBytes the bound that was reached, {@code buffer.memory} */
    public BufferFullException(String id, long bufferBytes) {
        this(id, bufferBytes, false);
    }

    /** @param dropped whether that is what the application wants: {@code publish.on.full=drop} */
    public BufferFullException(String id, long bufferBytes, boolean dropped) {
        super(
                id,
                dropped ? RefusalReason.DROPPED : RefusalReason.BUFFER_FULL,
                id + (dropped ? " was dropped, as publish.on.full says" : " was not sent") + ": all of buffer.memory ("
                        + bufferBytes
                        + " bytes) is taken by events that wait for Kafka; publish it again later with the same id, raise"
                        + " buffer.memory, or wait for room with publish.max.block.ms",
                null);
    }
}

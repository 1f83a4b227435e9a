package io.usageflow.forwarder.admission.streams;

/** The events topic has another number of partitions than when admission started. It does not pass by itself. */
public final class PartitionsChangedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param failure that came of it; suppressed and not the cause, because Streams' own remedy, its reset tool, would
     *     make admission forget everything
     */
    public PartitionsChangedException(String topic, int before, int now, Throwable failure) {
        super(topic + " has " + now + " partitions now, and had " + before
                + " when admission started: ids and links live in their account's partition, so that repeated events"
                + " would be billed again");
        addSuppressed(failure);
    }
}

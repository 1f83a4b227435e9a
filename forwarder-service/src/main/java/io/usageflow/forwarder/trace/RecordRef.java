package io.usageflow.forwarder.trace;

/** Where a record stands. */
public record RecordRef(String topic, int partition, long offset) {
    /** As people write it. */
    public String text() {
        return topic + " " + partition + "@" + offset;
    }
}

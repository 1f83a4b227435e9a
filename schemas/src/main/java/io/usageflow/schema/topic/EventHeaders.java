package io.usageflow.schema.topic;

/** Names of the record headers that usageflow reads or writes. Other headers are carried along untouched. */
public final class EventHeaders {
    /** W3C trace context, set by the producer library where the application has one. */
    public static final String TRACEPARENT = "traceparent";

    /** On a replayed record: the id of the dead letter it was replayed from. */
    public static final String REPLAY_OF = "usageflow-replay-of";

    /** On a rerouted record: {@code partition@offset} where a foreign producer had put it. */
    public static final String REROUTED_FROM = "usageflow-rerouted-from";

    private EventHeaders() {}
}

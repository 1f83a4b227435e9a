package io.usageflow.producer;

import java.util.Locale;

/** Why an event or a link did not become durable. Metrics and logs use the constants' names in lower case. */
public enum RefusalReason {
    /** It breaks a rule: {@link InvalidUsageEventException}. */
    INVALID,
    /** It is larger than {@code publish.max.event.bytes}: {@link InvalidUsageEventException}. */
    TOO_LARGE,
    /** No room in {@code buffer.memory}: {@link BufferFullException}. */
    BUFFER_FULL,
    /** No room in {@code buffer.memory}, with {@code publish.on.full=drop}: {@link BufferFullException}. */
    DROPPED,
    /** No room on local disk: {@link SpoolFullException}. */
    SPOOL_FULL,
    /** The local disk failed, but is not full: {@link NotDurableException}. */
    SPOOL_FAILED,
    /** The publisher was closed already: {@link PublisherClosedException}. */
    CLOSED,
    /** Not acknowledged within {@code delivery.timeout.ms}: {@link NotDurableException}. */
    TIMEOUT,
    /** Kafka, the schema registry or the serializer refused it (see the cause): {@link NotDurableException}. */
    REJECTED,
    /** The publisher was closed before Kafka had acknowledged it: {@link NotDurableException}. */
    ABANDONED;

    private final String tag = name().toLowerCase(Locale.ROOT);

    /** The name in metrics and logs. */
    public String tag() {
        return tag;
    }
}

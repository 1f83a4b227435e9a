package io.usageflow.producer.internal.spool.write;

import io.usageflow.producer.PublishException;
import org.jspecify.annotations.Nullable;

/** A record to spool, with its callbacks: exactly one of them is called, once. */
public interface SpoolEntry {
    /** An event's id; a link's account or vendor. */
    String id();

    /** The key in Kafka. */
    byte[] key();

    /** The trace context, sent as a header. */
    @Nullable
    String traceparent();

    /** The record is on disk, and survives a crash of the process and of the machine. */
    void onDurable();

    /** The record is not known to be on disk. */
    void onRefused(PublishException why);
}

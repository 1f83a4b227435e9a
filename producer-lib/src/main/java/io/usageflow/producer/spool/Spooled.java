package io.usageflow.producer.spool;

import io.usageflow.producer.PublishException;
import org.jspecify.annotations.Nullable;

/** What a caller wants kept, and whom to tell. Each is told exactly once. */
public interface Spooled {
    /** An event's id; a link's account or vendor. */
    String id();

    /** The key in Kafka. */
    byte[] key();

    /** The trace context that goes along as a header. */
    @Nullable
    String traceparent();

    /** It is on disk, and stays there through a crash of the process and of the machine. */
    void kept();

    /** It is not known to be on disk. */
    void refused(PublishException why);
}

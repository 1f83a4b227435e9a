package io.usageflow.producer;

import org.jspecify.annotations.Nullable;

/**
 * Why a future has no receipt. Sealed: {@link BufferFullException}, {@link SpoolFullException} and {@link
 * PublisherClosedException} mean that nothing was sent, {@link NotDurableException} that the event is not known to have
 * arrived. In every case the event may be published again with the same id: a copy that did arrive is recognised as a
 * duplicate.
 */
public abstract sealed class PublishException extends RuntimeException
        permits BufferFullException, NotDurableException, PublisherClosedException, SpoolFullException {
    private static final long serialVersionUID = 1L;

    private final String id;

    private final RefusalReason reason;

    PublishException(String id, RefusalReason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.id = id;
        this.reason = reason;
    }

    /** The event's id; for a link, its account or vendor. */
    public String id() {
        return id;
    }

    /** The reason that metrics count. */
    public RefusalReason reason() {
        return reason;
    }
}

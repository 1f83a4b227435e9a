package io.usageflow.producer;

import org.jspecify.annotations.Nullable;

/**
 * Why a future was not completed with a receipt. Sealed: {@link BufferFullException},
 * {@link SpoolFullException} and {@link PublisherClosedException} say that nothing was sent, {@link NotDurableException} that it is not known to have arrived. Whichever it is, the event
 * may be published again with the same id: a copy that did arrive is recognised as a duplicate.
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

    /** Why, as metrics count it. */
    public RefusalReason reason() {
        return reason;
    }
}

package io.usageflow.producer;

/** The publisher was closed before this call. Nothing was sent. */
public final class PublisherClosedException extends PublishException {
    private static final long serialVersionUID = 1L;

    public PublisherClosedException(String id) {
        super(
                id,
                RefusalReason.CLOSED,
                id + " was not sent: the publisher is closed; close it after the last caller has stopped",
                null);
    }
}

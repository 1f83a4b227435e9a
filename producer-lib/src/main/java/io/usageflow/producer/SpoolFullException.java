package io.usageflow.producer;

import org.jspecify.annotations.Nullable;

/**
 * The local spool has no room: {@code spool.max.bytes} is reached, the disk is full, or the disk is slower than the
 * events arrive. The event was not accepted. The spool recovers when there is room again; the message names the remedy.
 */
public final class SpoolFullException extends PublishException {
    private static final long serialVersionUID = 1L;

    /** @param why what is full, and the remedy */
    public SpoolFullException(String id, String why, @Nullable Throwable cause) {
        super(
                id,
                RefusalReason.SPOOL_FULL,
                id + " was not accepted: " + why + ". Publish it again later with the same id",
                cause);
    }
}

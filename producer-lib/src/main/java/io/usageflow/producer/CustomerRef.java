package io.usageflow.producer;

import io.usageflow.schema.ReferenceKind;
import java.util.Optional;

/**
 * Identifies a customer at Credyt. Immutable; checked when the link is written.
 *
 * @param kind Credyt's id, or your external id
 * @param value 1 to 256 printable characters
 * @param credytAccount Credyt's id of the connected account in which the customer lives, for platforms; empty for the
 *     account of the forwarder's settings
 */
public record CustomerRef(ReferenceKind kind, String value, Optional<String> credytAccount) {
    /** One in the account of the forwarder's settings. */
    public CustomerRef(ReferenceKind kind, String value) {
        this(kind, value, Optional.empty());
    }

    /** Credyt's own id, {@code cust_…}. */
    public static CustomerRef credytId(String value) {
        return new CustomerRef(ReferenceKind.CREDYT_ID, value);
    }

    /** The id that you registered for the customer at Credyt. */
    public static CustomerRef externalId(String value) {
        return new CustomerRef(ReferenceKind.EXTERNAL_ID, value);
    }

    /**
     * The same in a connected account of a platform.
     *
     * @param credytAccount Credyt's id of the account, {@code acc_…}: 1 to 128 letters, digits, hyphens, underscores
     *     and dots
     */
    public CustomerRef inAccount(String credytAccount) {
        return new CustomerRef(kind, value, Optional.of(credytAccount));
    }
}

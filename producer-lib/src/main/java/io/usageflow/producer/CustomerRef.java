package io.usageflow.producer;

import io.usageflow.schema.ReferenceKind;

/**
 * Identifies a customer at Credyt. Immutable; checked when the link is written.
 *
 * @param kind Credyt's id, or your external id
 * @param value 1 to 256 printable characters
 */
public record CustomerRef(ReferenceKind kind, String value) {

    /** Credyt's own id, {@code cust_…}. */
    public static CustomerRef credytId(String value) {
        return new CustomerRef(ReferenceKind.CREDYT_ID, value);
    }

    /** The id that you registered for the customer at Credyt. */
    public static CustomerRef externalId(String value) {
        return new CustomerRef(ReferenceKind.EXTERNAL_ID, value);
    }
}

package io.usageflow.producer;

import io.usageflow.schema.ReferenceKind;

/**
 * Names a customer at Credyt. Immutable; checked when the link is written.
 *
 * @param kind whose id it is
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

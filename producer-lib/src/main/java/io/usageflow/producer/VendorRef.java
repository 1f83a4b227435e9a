package io.usageflow.producer;

import io.usageflow.schema.ReferenceKind;

/**
 * Identifies a vendor at Credyt. Immutable; checked when the link is written.
 *
 * @param kind Credyt's id, or your external id
 * @param value 1 to 256 printable characters
 */
public record VendorRef(ReferenceKind kind, String value) {

    /** Credyt's own id, {@code vnd_…}. */
    public static VendorRef credytId(String value) {
        return new VendorRef(ReferenceKind.CREDYT_ID, value);
    }

    /** The id that you registered for the vendor at Credyt. */
    public static VendorRef externalId(String value) {
        return new VendorRef(ReferenceKind.EXTERNAL_ID, value);
    }
}

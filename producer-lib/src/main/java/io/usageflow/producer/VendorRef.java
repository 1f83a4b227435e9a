package io.usageflow.producer;

import io.usageflow.schema.ReferenceKind;
import java.util.Optional;

/**
 * Identifies a vendor at Credyt. Immutable; checked when the link is written.
 *
 * @param kind Credyt's id, or your external id
 * @param value 1 to 256 printable characters
 * @param credytAccount Credyt's id of the connected account in which the vendor lives, for platforms; empty for the
 *     account of the forwarder's settings
 */
public record VendorRef(ReferenceKind kind, String value, Optional<String> credytAccount) {
    /** One in the account of the forwarder's settings. */
    public VendorRef(ReferenceKind kind, String value) {
        this(kind, value, Optional.empty());
    }

    /** Credyt's own id, {@code vnd_…}. */
    public static VendorRef credytId(String value) {
        return new VendorRef(ReferenceKind.CREDYT_ID, value);
    }

    /** The id that you registered for the vendor at Credyt. */
    public static VendorRef externalId(String value) {
        return new VendorRef(ReferenceKind.EXTERNAL_ID, value);
    }

    /**
     * The same in a connected account of a platform.
     *
     * @param credytAccount Credyt's id of the account, {@code acc_…}: 1 to 128 letters, digits, hyphens, underscores
     *     and dots; the linked vendor is then named {@code ACCOUNT/VENDOR}
     */
    public VendorRef inAccount(String credytAccount) {
        return new VendorRef(kind, value, Optional.of(credytAccount));
    }
}

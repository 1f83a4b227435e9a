package io.usageflow.forwarder.admission.dedup;

import io.usageflow.schema.UsageEvent;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Hashes billable content to 64 bits: the first 8 bytes of SHA-256 over {@link CanonicalContent}.
 *
 * <p>Contents are compared only under the same event id. So a changed event passes as a repeat with probability 2⁻⁶⁴,
 * and an attacker needs about 2⁶⁴ tries. Not thread-safe.
 */
public final class Fingerprint {
    private final CanonicalContent content = new CanonicalContent();
    private final MessageDigest sha256 = sha256();

    public long of(UsageEvent event) {
        byte[] canonical = content.write(event);
        sha256.update(canonical, 0, content.length());
        return ByteBuffer.wrap(sha256.digest()).getLong();
    }

    /** The form in dead letters: 16 hexadecimal digits. */
    public static String text(long fingerprint) {
        return String.format("%016x", fingerprint);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must offer SHA-256 (java.security.MessageDigest)", e);
        }
    }
}

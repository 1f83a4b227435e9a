package io.usageflow.forwarder.admission.dedup;

import io.usageflow.schema.UsageEvent;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * 64 bits that tell one billable content from another: the first 8 bytes of SHA-256 over {@link CanonicalContent}.
 *
 * <p>Two contents are compared only under the same event id, so the chance that a changed event passes for a repeat is
 * 2⁻⁶⁴ for each changed event, and an attacker needs about 2⁶⁴ tries to make one. Not thread-safe.
 */
public final class Fingerprint {
    private final CanonicalContent content = new CanonicalContent();
    private final MessageDigest sha256 = sha256();

    public long of(UsageEvent event) {
        byte[] canonical = content.write(event);
        sha256.update(canonical, 0, content.length());
        return ByteBuffer.wrap(sha256.digest()).getLong();
    }

    /** As dead letters have it: 16 hexadecimal digits. */
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

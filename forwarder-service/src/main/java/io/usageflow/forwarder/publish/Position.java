package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.publish.line.LineSource.ParsedLine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The progress of a backfill: everything up to here is durable, or a bad line that was reported. Immutable.
 *
 * @param entries of the input that are settled, with repeated lines, without blank ones
 * @param line number of the last of them; 0 at the start
 * @param digest of all their texts in order, which detects a changed input; not for security
 * @param durable how many of them were published
 * @param bad how many of them are no events
 * @param badBytes length of the file of bad lines with exactly these
 */
public record Position(long entries, long line, long digest, long durable, long bad, long badBytes) {
    public static final Position START = new Position(0, 0, 0, 0, 0, 0);

    Position afterDurable(Passed passed) {
        return new Position(entries + 1, passed.line, passed.digest, durable + 1, bad, badBytes);
    }

    Position afterRepeated(Passed passed) {
        return new Position(entries + 1, passed.line, passed.digest, durable, bad, badBytes);
    }

    Position afterBad(Passed passed, long badBytesNow) {
        return new Position(entries + 1, passed.line, passed.digest, durable, bad + 1, badBytesNow);
    }

    /** An entry that was read, with the digest of the input up to its end. */
    record Passed(long line, long digest) {
        static final Passed NOTHING = new Passed(0, 0);

        Passed then(ParsedLine next) {
            MessageDigest sha = sha256();
            sha.update(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(digest)
                    .putLong(next.text().isEmpty() ? next.number() : 0)
                    .flip());
            sha.update(next.text().getBytes(StandardCharsets.UTF_8));
            return new Passed(next.number(), ByteBuffer.wrap(sha.digest()).getLong());
        }

        private static MessageDigest sha256() {
            try {
                return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every Java has SHA-256", impossible);
            }
        }
    }
}

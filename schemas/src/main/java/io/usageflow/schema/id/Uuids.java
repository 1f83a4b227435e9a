package io.usageflow.schema.id;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * UUIDs of RFC 9562: version 5 (a name always gives the same id) and version 7 (time-ordered). Thread-safe.
 *
 * <p>Own code because the JDK has neither and a publisher library should not bring a dependency for thirty lines.
 */
public final class Uuids {
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Finding and making one takes longer than using it. Ready for the next name after each {@code digest()}. */
    private static final ThreadLocal<MessageDigest> SHA1 = ThreadLocal.withInitial(Uuids::sha1);

    private Uuids() {}

    /** The version 5 UUID of the parts; each part's length is part of the name, so ("a","bc") and ("ab","c") differ. */
    public static UUID v5(UUID namespace, String... parts) {
        MessageDigest sha1 = SHA1.get();
        sha1.reset();
        sha1.update(bytes(namespace));
        for (String part : parts) {
            byte[] utf8 = part.getBytes(UTF_8);
            sha1.update(ByteBuffer.allocate(Integer.BYTES).putInt(utf8.length).array());
            sha1.update(utf8);
        }
        return stamped(sha1.digest(), 5);
    }

    /** A new version 7 UUID: 48 bits of Unix milliseconds, then 74 random bits. */
    public static UUID v7(Instant now) {
        byte[] raw = new byte[16];
        RANDOM.nextBytes(raw);
        long millis = now.toEpochMilli();
        for (int i = 0; i < 6; i++) {
            raw[i] = (byte) (millis >>> (40 - 8 * i));
        }
        return stamped(raw, 7);
    }

    /** The time inside the id where it is a version 7 UUID. */
    public static Optional<Instant> timeOf(UUID id) {
        return id.version() == 7 && id.variant() == 2
                ? Optional.of(Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16))
                : Optional.empty();
    }

    /** The UUID where the text is one in the usual form of 36 characters, in either case; nothing shorter or looser. */
    public static Optional<UUID> parse(String text) {
        if (text.length() != 36) {
            return Optional.empty();
        }
        for (int i = 0; i < 36; i++) {
            char c = text.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : !isHex(c)) {
                return Optional.empty();
            }
        }
        return Optional.of(UUID.fromString(text));
    }

    public static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    private static UUID stamped(byte[] raw, int version) {
        raw[6] = (byte) ((raw[6] & 0x0f) | (version << 4));
        raw[8] = (byte) ((raw[8] & 0x3f) | 0x80);
        ByteBuffer buffer = ByteBuffer.wrap(raw);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform must offer SHA-1 (java.security.MessageDigest)", e);
        }
    }

    /**
     * Version 7 UUIDs for the hot path. Thread-safe.
     *
     * <p>Random bits are drawn by the block: one draw of ten bytes an event costs the system call and the lock of
     * {@link SecureRandom} each time, more than all other work on the event's fields.
     */
    public static final class TimeOrderedIds {
        private static final int BLOCK_BYTES = 4096;
        private static final ThreadLocal<TimeOrderedIds> LOCAL = ThreadLocal.withInitial(TimeOrderedIds::new);
        private static final SecureRandom RANDOM = new SecureRandom();

        private final byte[] block = new byte[BLOCK_BYTES];
        private final ByteBuffer unused = ByteBuffer.wrap(block).limit(0);

        private TimeOrderedIds() {}

        /** 48 bits of Unix milliseconds, then 74 random bits (RFC 9562, section 5.7). */
        public static UUID next() {
            return LOCAL.get().draw(System.currentTimeMillis());
        }

        private UUID draw(long millis) {
            if (unused.remaining() < 2 * Long.BYTES) {
                RANDOM.nextBytes(block);
                unused.clear();
            }
            long high = (millis << 16) | 0x7000L | (unused.getLong() & 0x0fffL);
            long low = (unused.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
            return new UUID(high, low);
        }
    }
}

package io.usageflow.schema.id;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/**
 * Version 7 UUIDs for the hot path. Thread-safe.
 *
 * <p>Random bits are drawn by the block: one draw of ten bytes an event costs the system call and the lock of
 * {@link SecureRandom} each time, more than all other work on the event's fields.
 */
public final class TimeOrderedIds {
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

package io.usageflow.schema.id;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * SipHash-2-4 under a secret key: for tables over names that strangers choose. A producer that knows a plain hash can
 * choose thousands of names that share one, and makes each look-up as long as the table. Immutable, thread-safe.
 *
 * <p>Hashes under one key mean nothing under another: store them only together with their key, where no producer can
 * read it.
 */
public final class KeyedHash {
    private final long key0;
    private final long key1;

    /** Under a secret that {@link #random()} made before: see {@link #key0()} and {@link #key1()}. */
    public KeyedHash(long key0, long key1) {
        this.key0 = key0;
        this.key1 = key1;
    }

    /** Under a fresh secret. */
    public static KeyedHash random() {
        SecureRandom random = new SecureRandom();
        return new KeyedHash(random.nextLong(), random.nextLong());
    }

    /** The first half of the secret. */
    public long key0() {
        return key0;
    }

    /** The other half. */
    public long key1() {
        return key1;
    }

    /** Of 16 bytes, given as two big-endian halves. */
    public long of(long high, long low) {
        State state = new State(key0, key1);
        state.take(Long.reverseBytes(high));
        state.take(Long.reverseBytes(low));
        return state.finish((2L * Long.BYTES) << 56);
    }

    /** Of a text's UTF-8 bytes. */
    public long of(String text) {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8)).order(ByteOrder.LITTLE_ENDIAN);
        long last = (long) bytes.remaining() << 56;
        State state = new State(key0, key1);
        while (bytes.remaining() >= Long.BYTES) {
            state.take(bytes.getLong());
        }
        for (int shift = 0; bytes.hasRemaining(); shift += Byte.SIZE) {
            last |= (bytes.get() & 0xFFL) << shift;
        }
        return state.finish(last);
    }

    /** As in Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. */
    private static final class State {
        private long v0;
        private long v1;
        private long v2;
        private long v3;

        State(long key0, long key1) {
            v0 = key0 ^ 0x736f6d6570736575L;
            v1 = key1 ^ 0x646f72616e646f6dL;
            v2 = key0 ^ 0x6c7967656e657261L;
            v3 = key1 ^ 0x7465646279746573L;
        }

        void take(long word) {
            v3 ^= word;
            round();
            round();
            v0 ^= word;
        }

        long finish(long last) {
            take(last);
            v2 ^= 0xff;
            round();
            round();
            round();
            round();
            return v0 ^ v1 ^ v2 ^ v3;
        }

        private void round() {
            v0 += v1;
            v1 = Long.rotateLeft(v1, 13) ^ v0;
            v0 = Long.rotateLeft(v0, 32);
            v2 += v3;
            v3 = Long.rotateLeft(v3, 16) ^ v2;
            v0 += v3;
            v3 = Long.rotateLeft(v3, 21) ^ v0;
            v2 += v1;
            v1 = Long.rotateLeft(v1, 17) ^ v2;
            v2 = Long.rotateLeft(v2, 32);
        }
    }
}

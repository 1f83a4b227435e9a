package io.usageflow.benchmarks.load;

import java.util.SplittableRandom;
import java.util.UUID;

/**
 * UUIDs that tell which side they were made for: random but for their fourth group, which holds the side's lane, and
 * their fifth, which holds the place in it. So what arrived can be counted in an array. Pure.
 */
public final class EventIds {
    /** Characters of an id. */
    public static final int LENGTH = 36;

    public static final int LANE_MAX = 0x3fff;

    private static final int LANE_AT = 19;
    private static final int SEQUENCE_AT = 24;
    private static final int SAMPLE_MASK = 63;

    private EventIds() {}

    /** The kind of UUID that events carry if nothing is read from their ids. */
    public enum Kind {
        /** Time-ordered, as {@code EventId.random()} of the publisher makes them. */
        V7,
        /** Random all over, as most other libraries make them: the harder kind for stores that keep keys in order. */
        V4;

        UUID next(SplittableRandom random, long unixMs) {
            long low = (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L;
            long high = random.nextLong();
            return switch (this) {
                case V7 -> new UUID((unixMs << 16) | 0x7000L | (high & 0x0fffL), low);
                case V4 -> new UUID((high & ~0xf000L) | 0x4000L, low);
            };
        }
    }

    static UUID of(SplittableRandom random, int lane, long sequence) {
        return of(random.nextLong(), lane, sequence);
    }

    /** Makes an id. The version bits of {@code high}, its first half, are overwritten. */
    public static UUID of(long high, int lane, long sequence) {
        return new UUID((high & ~0xf000L) | 0x4000L, 0x8000_0000_0000_0000L | ((long) lane << 48) | sequence);
    }

    public static int lane(byte[] text, int at) {
        return (int) hex(text, at + LANE_AT, 4) & LANE_MAX;
    }

    public static long sequence(byte[] text, int at) {
        return hex(text, at + SEQUENCE_AT, 12);
    }

    public static long sequence(String id) {
        return Long.parseLong(id.substring(SEQUENCE_AT), 16);
    }

    /** Whether the event is one of those whose whole content is checked. */
    public static boolean isSample(long sequence) {
        return (sequence & SAMPLE_MASK) == 0;
    }

    private static long hex(byte[] text, int at, int digits) {
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(text[at + i], 16);
            if (digit < 0) {
                throw new IllegalArgumentException("an id with the character " + (char) text[at + i]);
            }
            value = (value << 4) | digit;
        }
        return value;
    }
}

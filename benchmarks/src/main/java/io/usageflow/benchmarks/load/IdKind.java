package io.usageflow.benchmarks.load;

import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;

/** What kind of UUID the events carry. */
public enum IdKind {
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

    /** As a report names it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

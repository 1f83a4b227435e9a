package io.usageflow.forwarder.admission.dedup.index;

/**
 * The range of the times inside some UUIDv7 ids, in Unix milliseconds. An id with another time is none of them; ids
 * without a time are not counted. So a fresh UUIDv7 asks no older segment.
 */
final class IdTimes {
    /** The time of an id that has none. */
    static final long NONE = -1;

    private static final int VERSION_7 = 7;

    private long earliest = Long.MAX_VALUE;
    private long latest = Long.MIN_VALUE;

    IdTimes() {}

    IdTimes(long earliest, long latest) {
        this.earliest = earliest;
        this.latest = latest;
    }

    /** The time inside an id, by its first 64 bits; {@link #NONE} if it is no UUIDv7. */
    static long of(long high) {
        return (high >>> 12 & 0xF) == VERSION_7 ? high >>> 16 : NONE;
    }

    void add(long time) {
        if (time != NONE) {
            earliest = Math.min(earliest, time);
            latest = Math.max(latest, time);
        }
    }

    void addAll(IdTimes others) {
        earliest = Math.min(earliest, others.earliest);
        latest = Math.max(latest, others.latest);
    }

    /** Whether an id with this time may be one of them. */
    boolean mayInclude(long time) {
        return time == NONE || (earliest <= time && time <= latest);
    }

    long earliest() {
        return earliest;
    }

    long latest() {
        return latest;
    }
}

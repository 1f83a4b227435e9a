package io.usageflow.forwarder.admission;

/**
 * An id and what is remembered of it.
 *
 * @param high first 64 bits of the id
 * @param low the other 64
 */
record SeenEntry(long high, long low, Sighting.Memory memory) {
    boolean isOf(long otherHigh, long otherLow) {
        return high == otherHigh && low == otherLow;
    }
}

package io.usageflow.forwarder.admission.dedup;

/**
 * An id and what is remembered of it.
 *
 * @param high first 64 bits of the id
 * @param low the other 64
 */
record IdEntry(long high, long low, DedupResult.FirstRecord memory) {
    boolean isOf(long otherHigh, long otherLow) {
        return high == otherHigh && low == otherLow;
    }
}

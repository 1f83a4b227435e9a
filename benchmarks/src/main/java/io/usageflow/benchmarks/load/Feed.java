package io.usageflow.benchmarks.load;

/** An endless row of records for one topic. Not thread-safe. */
public interface Feed {
    /** One record. The arrays are the feed's own: read only. */
    record Event(byte[] key, byte[] value) {}

    Event next();

    /** How many records were made, repeats included. */
    long made();

    /** How many different ids they have. */
    long distinct();
}

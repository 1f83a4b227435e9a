package io.usageflow.forwarder.capacity;

import java.time.Duration;

/**
 * What remembering ids takes at a steady rate of new events, for one instance that has all partitions. The figures for
 * one id are measured: docs/capacity.md.
 *
 * @param eventsPerSecond new events, without repeats
 * @param window {@code admission.dedup.window}
 */
public record IdCapacity(long eventsPerSecond, Duration window) {
    private static final int PARTITIONS_MIN = 6;
    /** A partition belongs to one thread. A cautious assumption, so that it can catch up. */
    private static final long PARTITION_EVENTS_PER_SECOND = 5_000;

    /** So that a partition's store, which RocksDB may copy while it compacts, stays near 40 GB. */
    private static final long PARTITION_IDS = 1_000_000_000;

    private static final int CHANGELOG_BYTES_PER_ID = 41;
    private static final int FILTER_BYTES_PER_ID = 2;
    private static final long HEAP_BYTES_PER_PARTITION = 16L << 20;
    private static final double RESTORE_MICROS_PER_ID = 0.8;
    private static final double INDEX_MICROS_PER_ID = 0.4;

    public long ids() {
        return eventsPerSecond * window.toSeconds();
    }

    /** At least; their number cannot change later. */
    public long partitions() {
        long forEvents = (eventsPerSecond + PARTITION_EVENTS_PER_SECOND - 1) / PARTITION_EVENTS_PER_SECOND;
        long forIds = (ids() + PARTITION_IDS - 1) / PARTITION_IDS;
        return Math.max(PARTITIONS_MIN, Math.max(forEvents, forIds));
    }

    /** For {@code admission.dedup.ids.max}. */
    public long idsPerPartition() {
        return (ids() + partitions() - 1) / partitions();
    }

    /** On the volume of {@code state.dir}, without the reserve of {@link IdRoom}. */
    public long diskBytes() {
        return ids() * IdRoom.BYTES_PER_ID;
    }

    /** Page cache that the filters want. */
    public long filterBytes() {
        return ids() * FILTER_BYTES_PER_ID;
    }

    /** Heap of the latest ids, with the default of {@code admission.dedup.heap.ids}. */
    public long heapBytes() {
        return partitions() * HEAP_BYTES_PER_PARTITION;
    }

    /** Of the changelog, on each of its replicas, after Kafka has compacted it. */
    public long changelogBytes() {
        return ids() * CHANGELOG_BYTES_PER_ID;
    }

    /** After the loss of the state folder: reading the changelog, and building the index. */
    public Duration restore() {
        return Duration.ofSeconds(Math.round(ids() * (RESTORE_MICROS_PER_ID + INDEX_MICROS_PER_ID) / 1e6));
    }
}

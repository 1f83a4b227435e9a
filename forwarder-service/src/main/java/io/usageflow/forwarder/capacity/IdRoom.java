package io.usageflow.forwarder.capacity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * How many ids a partition may have: as many as the setting allows and the volume of the state folder has room for.
 * Belongs to one task.
 *
 * <p>A partition may use an equal share of what is free, because one instance may have to take over all partitions. A
 * reserve stays free: a tenth of the volume, at most 10 GiB, or on a fuller volume 1 GiB and half of the rest; and as
 * much as the partition's store has, which RocksDB may need while it compacts. Without free space the partition keeps
 * as many ids as it has.
 */
public final class IdRoom implements LongUnaryOperator {
    /** Disk that one id takes: 41 bytes in the store and 10.3 in its index (measured with benchmarks/run ids). */
    public static final int BYTES_PER_ID = 52;

    private static final int STORE_BYTES_PER_ID = 41;
    private static final long RESERVE_BYTES_MIN = 1L << 30;
    private static final long RESERVE_BYTES_MAX = 10L << 30;
    private static final int RESERVE_PART = 10;

    private final long setting;
    private final int partitions;
    private final LongSupplier freeBytes;
    private long idsMax = Long.MAX_VALUE;

    /**
     * Of a volume.
     *
     * @param setting {@code admission.dedup.ids.max}
     * @param partitions of the events topic
     * @param freeBytes what is free, without a reserve
     */
    public IdRoom(long setting, int partitions, LongSupplier freeBytes) {
        this.setting = setting;
        this.partitions = partitions;
        this.freeBytes = freeBytes;
    }

    /**
     * Of a folder's volume.
     *
     * @param setting {@code admission.dedup.ids.max}
     * @param partitions of the events topic
     */
    public static IdRoom on(Path folder, long setting, int partitions) {
        return new IdRoom(setting, partitions, () -> {
            try {
                FileStore volume = Files.getFileStore(folder);
                return freeBytes(volume.getUsableSpace(), volume.getTotalSpace());
            } catch (IOException e) {
                throw new UncheckedIOException("the free space of " + folder + " cannot be read", e);
            }
        });
    }

    /** The free bytes of a volume, without the reserve that depends on its size alone. */
    public static long freeBytes(long usableBytes, long totalBytes) {
        return Math.max(
                usableBytes - Math.min(RESERVE_BYTES_MAX, totalBytes / RESERVE_PART),
                (usableBytes - RESERVE_BYTES_MIN) / 2);
    }

    /** The events per second for whose ids some bytes are enough. */
    public static long eventsPerSecond(long bytes, Duration window) {
        return Math.max(0, bytes) / BYTES_PER_ID / Math.max(1, window.toSeconds());
    }

    /** The most ids of a partition that has this many now. */
    @Override
    public long applyAsLong(long ids) {
        long free = freeBytes.getAsLong() - ids * STORE_BYTES_PER_ID;
        idsMax = free > 0 ? ids + free / BYTES_PER_ID / partitions : Math.min(idsMax, ids);
        return Math.min(setting, idsMax);
    }
}

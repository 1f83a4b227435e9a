package io.usageflow.producer.internal.spool;

import io.usageflow.producer.internal.spool.segment.Disk;
import io.usageflow.producer.internal.spool.segment.Segment;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Real files that can fail, hang and lose what was not forced, as a disk may. */
public final class FaultyDisk implements Disk {
    public final AtomicInteger forces = new AtomicInteger();
    public volatile String failWrites;
    public volatile String failForces;
    /** Runs within each force, before it counts. */
    public volatile Runnable onForce = () -> {};

    /** How much of each file would survive a power failure. */
    private final Map<Path, Long> forced = new ConcurrentHashMap<>();

    @Override
    public Output create(Path path) throws IOException {
        Output real = REAL.create(path);
        return new Output() {
            private long written;

            @Override
            public void write(ByteBuffer bytes) throws IOException {
                if (failWrites != null) {
                    // Half of it, as a full disk does.
                    ByteBuffer half = bytes.duplicate();
                    half.limit(half.position() + half.remaining() / 2);
                    real.write(half);
                    throw new IOException(failWrites);
                }
                written += bytes.remaining();
                real.write(bytes);
            }

            @Override
            public void force() throws IOException {
                onForce.run();
                if (failForces != null) {
                    throw new IOException(failForces);
                }
                real.force();
                forced.put(path, written);
                forces.incrementAndGet();
            }

            @Override
            public void truncate(long size) throws IOException {
                real.truncate(size);
            }

            @Override
            public void close() throws IOException {
                real.close();
            }
        };
    }

    @Override
    public void forceDirectory(Path directory) {}

    /** What may be on the disk after the power failed: all that was forced, and any part of the rest, or rubbish. */
    void loseWhatWasNotForced(Path directory, Random random) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.filter(path -> path.toString().endsWith(Segment.SUFFIX))
                    .toList()) {
                long safe = forced.getOrDefault(file, 0L);
                long size = Files.size(file);
                if (size > safe) {
                    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
                        long left = safe + random.nextLong(size - safe + 1);
                        raw.setLength(left);
                        if (left > safe && random.nextBoolean()) {
                            raw.seek(safe + random.nextLong(left - safe));
                            raw.write(random.nextInt(256));
                        }
                    }
                }
            }
        }
    }
}

package io.usageflow.producer.internal.spool.write;

import io.usageflow.producer.internal.spool.segment.Disk;
import io.usageflow.producer.internal.spool.segment.Frames;
import io.usageflow.producer.internal.spool.segment.Segment;
import io.usageflow.producer.internal.spool.segment.Segments;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes batches durable: a record counts only after {@link Disk.Output#force} has returned. Not thread-safe.
 *
 * <p><b>A failed write or fsync.</b> After it, the file's state on disk is unknown: the kernel may have dropped the
 * pages and marked them clean, so the next fsync would succeed without writing them. Such a file is therefore never
 * written or forced again. It ends at the last successful fsync, and the records are written again, to a new file. If
 * that fails too, they are refused.
 */
public final class LogWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    /** Java copies each write to a per-thread buffer and keeps it: small pieces keep that buffer small. */
    private static final int PIECE_BYTES = 1 << 20;

    private final Segments segments;
    private final long segmentBytesMax;
    private @Nullable Segment segment;
    private Disk.@Nullable Output output;

    /** Called when a run of a batch's records is durable. */
    interface Durable {
        void durable(FrameBatch.Run run);
    }

    public LogWriter(Segments segments) {
        this.segments = segments;
        this.segmentBytesMax = segments.config().segmentBytesMax();
    }

    /**
     * Writes the batch, to as many segments as it needs, and reports each part when it is durable.
     *
     * @return null, or why the rest could not be made durable
     */
    @Nullable
    IOException write(FrameBatch batch, Durable onDurable) {
        int from = 0;
        int first = 0;
        while (first < batch.count()) {
            FrameBatch.Run run = nextRun(batch, from, first);
            IOException failure = tryTwice(batch, run);
            if (failure != null) {
                return failure;
            }
            onDurable.durable(run);
            from = run.until();
            first = run.next();
        }
        return null;
    }

    /** Closes the newest segment in order. */
    void close() {
        if (segment == null || output == null) {
            return;
        }
        ByteBuffer seal = Frames.seal(segment.identity());
        try (Disk.Output ending = output) {
            long end = segment.end() + seal.remaining();
            ending.write(seal);
            ending.force();
            segments.budget().reserve(end - segment.end());
            segment.endsAt(end);
        } catch (IOException e) {
            LOG.warn("event=spool_seal_failed file={} effect=\"none for durable events\"", segment, e);
        }
        segment.close();
        segment = null;
        output = null;
    }

    private FrameBatch.Run nextRun(FrameBatch batch, int from, int first) {
        if (segment == null) {
            return batch.run(from, first, segmentBytesMax);
        }
        long room = segmentBytesMax - segment.end();
        FrameBatch.Run run = batch.run(from, first, room);
        if (run.bytes() <= room) {
            return run;
        }
        close();
        return batch.run(from, first, segmentBytesMax);
    }

    private @Nullable IOException tryTwice(FrameBatch batch, FrameBatch.Run run) {
        try {
            append(batch, run);
            return null;
        } catch (IOException first) {
            abandon(first);
            try {
                append(batch, run);
                return null;
            } catch (IOException second) {
                abandon(second);
                second.addSuppressed(first);
                return second;
            }
        }
    }

    private void append(FrameBatch batch, FrameBatch.Run run) throws IOException {
        if (segment == null || output == null) {
            Segments.NewSegment begun = segments.create();
            segment = begun.segment();
            output = begun.output();
        }
        ByteBuffer bytes = batch.checked(run, segment.identity());
        int limit = bytes.limit();
        while (bytes.position() < limit) {
            output.write(bytes.limit(Math.min(limit, bytes.position() + PIECE_BYTES)));
        }
        output.force();
        segment.endsAt(segment.end() + run.bytes());
    }

    private void abandon(IOException cause) {
        if (segment == null || output == null) {
            return;
        }
        LOG.warn("event=spool_segment_abandoned file={} effect=\"records go to a new file\"", segment, cause);
        try (Disk.Output broken = output) {
            broken.truncate(segment.end());
        } catch (IOException e) {
            // Bytes after the end are sent too if the next start finds them: duplicates at worst.
            LOG.debug("event=spool_truncate_failed file={}", segment, e);
        }
        segment.close();
        if (segment.end() == segment.begin()) {
            segments.discard(segment);
        }
        segment = null;
        output = null;
    }
}

package io.usageflow.producer.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes batches durable: nothing counts before {@link Disk.Output#force} has returned. Not thread-safe.
 *
 * <p><b>A failed write or fsync.</b> After it nobody knows what of the file is on disk: the kernel may have dropped the
 * pages and call them clean, so that the next fsync succeeds for nothing. So such a file is never written to or forced
 * again: it ends where the last successful fsync left it, and the records are written once more, into a new file. If
 * that fails, too, they are refused.
 */
final class LogWriter {
    private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);

    /** Java copies what it writes into memory of the thread's own, which it keeps: in pieces, so that it stays small. */
    private static final int PIECE_BYTES = 1 << 20;

    private final Segments segments;
    private final long segmentBytesMax;
    private @Nullable Segment segment;
    private Disk.@Nullable Output output;

    /** Who is told how many of a batch's records are durable, from its beginning. */
    interface Durable {
        void durable(Batch.Run run);
    }

    LogWriter(Segments segments) {
        this.segments = segments;
        this.segmentBytesMax = segments.facts().segmentBytesMax();
    }

    /**
     * Writes the batch, in as many segments as it needs, and tells of each part when it is durable.
     *
     * @return null, or why the rest could not be made durable
     */
    @Nullable
    IOException write(Batch batch, Durable told) {
        int from = 0;
        int first = 0;
        while (first < batch.count()) {
            Batch.Run run = nextRun(batch, from, first);
            IOException failure = tryTwice(batch, run);
            if (failure != null) {
                return failure;
            }
            told.durable(run);
            from = run.until();
            first = run.next();
        }
        return null;
    }

    /** Ends the newest segment in order. */
    void close() {
        if (segment == null || output == null) {
            return;
        }
        ByteBuffer seal = Segments.seal(segment.identity());
        try (Disk.Output ending = output) {
            long end = segment.end() + seal.remaining();
            ending.write(seal);
            ending.force();
            segments.budget().take(end - segment.end());
            segment.endsAt(end);
        } catch (IOException e) {
            LOG.warn("{} has no orderly end; what was reported durable is", segment, e);
        }
        segment.close();
        segment = null;
        output = null;
    }

    private Batch.Run nextRun(Batch batch, int from, int first) {
        if (segment == null) {
            return batch.run(from, first, segmentBytesMax);
        }
        long room = segmentBytesMax - segment.end();
        Batch.Run run = batch.run(from, first, room);
        if (run.bytes() <= room) {
            return run;
        }
        close();
        return batch.run(from, first, segmentBytesMax);
    }

    private @Nullable IOException tryTwice(Batch batch, Batch.Run run) {
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

    private void append(Batch batch, Batch.Run run) throws IOException {
        if (segment == null || output == null) {
            Segments.Begun begun = segments.begin();
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
        LOG.warn("{} takes no more records after a failure; the next ones go to a new file", segment, cause);
        try (Disk.Output broken = output) {
            broken.truncate(segment.end());
        } catch (IOException e) {
            // What stands after the end is sent, too, when it is found on the next opening: copies, at worst.
            LOG.debug("{} could not be shortened", segment, e);
        }
        segment.close();
        if (segment.end() == segment.begin()) {
            segments.discard(segment);
        }
        segment = null;
        output = null;
    }
}

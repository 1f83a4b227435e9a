package io.usageflow.producer.internal.spool.drain;

import io.usageflow.producer.internal.spool.drain.DrainStatus.DrainPosition;
import io.usageflow.producer.internal.spool.segment.Segment;
import io.usageflow.producer.internal.spool.segment.SegmentReader;
import io.usageflow.producer.internal.spool.segment.Segments;
import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a log's records in order, segment by segment, while the log is being written. Not thread-safe. */
public final class LogReader implements Closeable {
    private final Segments segments;
    private final Optional<DrainPosition.Position> position;
    private @Nullable SegmentReader reader;
    private @Nullable Segment passed;

    public LogReader(Segments segments, Optional<DrainPosition.Position> position) {
        this.segments = segments;
        this.position = position;
    }

    /** The offset of a segment's first record that is not acknowledged. */
    static long startOffset(Segment segment, Optional<DrainPosition.Position> position) {
        return position.filter(at -> at.identity() == segment.identity())
                .map(DrainPosition.Position::offset)
                .orElse(segment.begin());
    }

    /** The next record; null if there is none yet. */
    @Nullable
    SpoolRecord next() throws IOException {
        while (true) {
            SegmentReader current = reader == null ? openNext() : reader;
            if (current == null) {
                return null;
            }
            SpoolRecord found = current.next();
            if (found != null) {
                return found;
            }
            Segment segment = current.segment();
            // In this order: records added before the segment was closed lie before the end that is read next.
            if (!segment.isClosed()) {
                return null;
            }
            if (current.position() >= segment.end()) {
                pass(segment);
            }
        }
    }

    /** Skips the rest of a segment that cannot be read. */
    void skipSegment() throws IOException {
        Segment segment = reader == null ? upcoming() : reader.segment();
        if (segment != null) {
            segments.recordDamage(segment, reader == null ? segment.begin() : reader.position(), segment.end());
            pass(segment);
        }
    }

    /** Whether all records of the segment were returned, and none will be added. */
    boolean hasPassed(Segment segment) {
        return passed != null && segment.number() <= passed.number();
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }

    private void pass(Segment segment) throws IOException {
        passed = segment;
        if (reader != null) {
            reader.close();
            reader = null;
        }
    }

    private @Nullable Segment upcoming() {
        return passed == null ? segments.first() : segments.after(passed);
    }

    private @Nullable SegmentReader openNext() throws IOException {
        Segment next = upcoming();
        if (next == null) {
            return null;
        }
        reader = new SegmentReader(next, startOffset(next, position), this::gap);
        return reader;
    }

    private void gap(Segment segment, long from, long until, boolean last) {
        if (segment.markReported(from)) {
            segments.recordDamage(segment, from, until);
        }
    }
}

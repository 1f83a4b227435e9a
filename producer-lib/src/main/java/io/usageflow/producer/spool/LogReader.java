package io.usageflow.producer.spool;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a log's records in order, from segment to segment, while it is being written. Not thread-safe. */
final class LogReader implements Closeable {
    private final Segments segments;
    private final Optional<Progress.Mark> mark;

    private @Nullable SegmentReader reader;
    private @Nullable Segment passed;

    LogReader(Segments segments, Optional<Progress.Mark> mark) {
        this.segments = segments;
        this.mark = mark;
    }

    /** Where a segment's first record stands that was not acknowledged. */
    static long beginningIn(Segment segment, Optional<Progress.Mark> mark) {
        return mark.filter(at -> at.identity() == segment.identity())
                .map(Progress.Mark::offset)
                .orElse(segment.begin());
    }

    /** The next record; null where there is none, at least for now. */
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
            // In this order: what was added before it was closed is then before the end that is looked at.
            if (!segment.isClosed()) {
                return null;
            }
            if (current.position() >= segment.end()) {
                pass(segment);
            }
        }
    }

    /** Leaves out what remains of the segment that cannot be read. */
    void giveUp() throws IOException {
        Segment segment = reader == null ? upcoming() : reader.segment();
        if (segment != null) {
            segments.damaged(segment, reader == null ? segment.begin() : reader.position(), segment.end());
            pass(segment);
        }
    }

    /** Whether all records of the segment have been handed out, and none will be added. */
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
        reader = new SegmentReader(next, beginningIn(next, mark), this::gap);
        return reader;
    }

    private void gap(Segment segment, long from, long until, boolean last) {
        if (segment.isNews(from)) {
            segments.damaged(segment, from, until);
        }
    }
}

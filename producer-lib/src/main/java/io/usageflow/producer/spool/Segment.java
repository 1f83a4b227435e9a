package io.usageflow.producer.spool;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One file of a log. Its writer moves {@link #end}, its reader marks it {@link #isDamaged}; nobody changes a byte before
 * the end.
 */
public final class Segment {
    static final String SUFFIX = ".log";

    private final long number;
    private final Path path;
    private final SegmentHeader header;
    private final long begin;

    private volatile long end;
    private volatile boolean closed;
    private volatile boolean damaged;
    private final Set<Long> gaps = ConcurrentHashMap.newKeySet();

    /** @param begin the offset of the first frame */
    Segment(long number, Path path, SegmentHeader header, long begin, long end, boolean closed) {
        this.number = number;
        this.path = path;
        this.header = header;
        this.begin = begin;
        this.end = end;
        this.closed = closed;
    }

    static String fileName(long number) {
        return String.format(Locale.ROOT, "%019d%s", number, SUFFIX);
    }

    /** In the order of writing. */
    public long number() {
        return number;
    }

    public String topic() {
        return header.topic();
    }

    /** Avro, as JSON. */
    public String schema() {
        return header.schema();
    }

    Path path() {
        return path;
    }

    long identity() {
        return header.identity();
    }

    SegmentHeader header() {
        return header;
    }

    long begin() {
        return begin;
    }

    /** Everything before it is on disk for good; nothing after it counts. */
    long end() {
        return end;
    }

    void endsAt(long offset) {
        end = offset;
    }

    /** Whether nothing will be added. */
    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
    }

    boolean isDamaged() {
        return damaged;
    }

    void markDamaged() {
        damaged = true;
    }

    /** Whether nobody has told of this gap yet. */
    boolean isNews(long gapFrom) {
        return gaps.add(gapFrom);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

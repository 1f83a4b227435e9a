package io.usageflow.producer.internal.spool.segment;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One file of a log. Its writer moves {@link #end}, its reader sets {@link #isDamaged}. Bytes before the end never change. */
public final class Segment {
    public static final String SUFFIX = ".log";

    private final long number;
    private final Path path;
    private final SegmentHeader header;
    private final long begin;

    private volatile long end;
    private volatile boolean closed;
    private volatile boolean damaged;
    private final Set<Long> gaps = ConcurrentHashMap.newKeySet();

    /** @param begin the offset of the first frame */
    public Segment(long number, Path path, SegmentHeader header, long begin, long end, boolean closed) {
        this.number = number;
        this.path = path;
        this.header = header;
        this.begin = begin;
        this.end = end;
        this.closed = closed;
    }

    public static String fileName(long number) {
        return String.format(Locale.ROOT, "%019d%s", number, SUFFIX);
    }

    /** Increases in the order of writing. */
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

    public Path path() {
        return path;
    }

    public long identity() {
        return header.identity();
    }

    SegmentHeader header() {
        return header;
    }

    public long begin() {
        return begin;
    }

    /** Bytes before it are durable on disk. Bytes after it do not count. */
    public long end() {
        return end;
    }

    public void endsAt(long offset) {
        end = offset;
    }

    /** Whether no more records will be added. */
    public boolean isClosed() {
        return closed;
    }

    public void close() {
        closed = true;
    }

    public boolean isDamaged() {
        return damaged;
    }

    void markDamaged() {
        damaged = true;
    }

    /** True for the first call with this gap: each gap is reported once. */
    public boolean markReported(long gapFrom) {
        return gaps.add(gapFrom);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}

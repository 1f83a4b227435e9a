package io.usageflow.producer.spool;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment from an offset on, frame by frame, each checked. A broken frame ends nothing: it looks for the next
 * sound one, and tells of the gap. Not thread-safe.
 */
final class SegmentReader implements Closeable {
    private static final int WINDOW_BYTES = 256 * 1024;

    private final Segment segment;
    private final Gaps gaps;
    private final FileChannel channel;
    private final CRC32C crc = new CRC32C();

    private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowAt;
    private long position;

    /** Who is told of what cannot be read. */
    interface Gaps {
        /**
         * @param from the first byte of the gap
         * @param until the next sound frame, or the segment's end where {@code last}
         * @param last whether no sound frame follows
         */
        void gap(Segment segment, long from, long until, boolean last);
    }

    SegmentReader(Segment segment, long from, Gaps gaps) throws IOException {
        this.segment = segment;
        this.gaps = gaps;
        this.position = Math.max(from, segment.begin());
        this.channel = FileChannel.open(segment.path(), StandardOpenOption.READ);
    }

    Segment segment() {
        return segment;
    }

    /** The offset of the frame that comes next. */
    long position() {
        return position;
    }

    /** The next record; null where none stands before the segment's end, at least for now. */
    @Nullable
    SpoolRecord next() throws IOException {
        // Once: what is written meanwhile is the next call's.
        long end = segment.end();
        while (position < end) {
            int length = soundFrame(position, end);
            if (length == 0) {
                skip(end);
                continue;
            }
            int at = (int) (position - windowAt);
            position += length;
            SpoolRecord found = Frames.read(window, at, segment, position);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void skip(long end) throws IOException {
        long from = position;
        long candidate = from + 1;
        while (candidate < end && soundFrame(candidate, end) == 0) {
            candidate++;
        }
        position = candidate;
        gaps.gap(segment, from, candidate, candidate >= end);
    }

    /** The length of the sound frame at an offset; 0 where none is. */
    private int soundFrame(long offset, long end) throws IOException {
        if (!has(offset, Frames.HEAD_BYTES, end)) {
            return 0;
        }
        int length = Frames.plausible(window, (int) (offset - windowAt));
        if (length == 0 || !has(offset, length, end)) {
            return 0;
        }
        return Frames.isSound(window, (int) (offset - windowAt), length, segment.identity(), crc) ? length : 0;
    }

    /** Brings so many bytes from an offset on into the window. */
    private boolean has(long offset, int bytes, long end) throws IOException {
        if (offset + bytes > end) {
            return false;
        }
        if (offset >= windowAt && offset + bytes <= windowAt + window.limit()) {
            return true;
        }
        if (bytes > window.capacity()) {
            window = ByteBuffer.allocate(Math.max(bytes, 2 * window.capacity()));
        }
        window.clear().limit((int) Math.min(window.capacity(), end - offset));
        windowAt = offset;
        while (window.hasRemaining()) {
            if (channel.read(window, windowAt + window.position()) < 0) {
                break;
            }
        }
        window.flip();
        // Shorter than it was: somebody has cut the file.
        return window.limit() >= bytes;
    }
}

package io.usageflow.producer.internal.spool.segment;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads one segment from an offset on, frame by frame, and checks each. After a broken frame it searches the next sound
 * one and reports the gap. Not thread-safe.
 */
public final class SegmentReader implements Closeable {
    private static final int WINDOW_BYTES = 256 * 1024;

    private final Segment segment;
    private final Gaps gaps;
    private final FileChannel channel;
    private final CRC32C crc = new CRC32C();

    private ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowAt;
    private long position;

    /** Receives the stretches that cannot be read. */
    public interface Gaps {
        /**
         * Reports bytes that are no sound frame.
         *
         * @param from the first byte of the gap
         * @param until the next sound frame, or the segment's end if {@code last}
         * @param last whether no sound frame follows
         */
        void gap(Segment segment, long from, long until, boolean last);
    }

    public SegmentReader(Segment segment, long from, Gaps gaps) throws IOException {
        this.segment = segment;
        this.gaps = gaps;
        this.position = Math.max(from, segment.begin());
        this.channel = FileChannel.open(segment.path(), StandardOpenOption.READ);
    }

    public Segment segment() {
        return segment;
    }

    /** The offset of the next frame. */
    public long position() {
        return position;
    }

    /** The next record; null if there is none before the segment's current end. */
    @Nullable
    public SpoolRecord next() throws IOException {
        // Read once: the next call returns records written in the meantime.
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

    /** The length of the sound frame at an offset; 0 if there is none. */
    private int soundFrame(long offset, long end) throws IOException {
        if (!has(offset, Frames.HEAD_BYTES, end)) {
            return 0;
        }
        int length = Frames.plausibleLength(window, (int) (offset - windowAt));
        if (length == 0 || !has(offset, length, end)) {
            return 0;
        }
        return Frames.isSound(window, (int) (offset - windowAt), length, segment.identity(), crc) ? length : 0;
    }

    /** Loads this many bytes from an offset on into the window. */
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
        // Shorter than expected if the file was cut.
        return window.limit() >= bytes;
    }
}

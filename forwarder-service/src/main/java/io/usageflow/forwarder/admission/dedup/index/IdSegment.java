package io.usageflow.forwarder.admission.dedup.index;

import static io.usageflow.forwarder.admission.dedup.index.IdSegmentHeader.FILTER_BLOCKS_PER_PAGE;
import static io.usageflow.forwarder.admission.dedup.index.IdSegmentHeader.FILTER_BLOCK_BYTES;
import static io.usageflow.forwarder.admission.dedup.index.IdSegmentHeader.PAGE_BYTES;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The index of consecutive ids in an immutable file, laid out by {@link IdSegmentHeader}. The filter is mapped into
 * memory, so that a new id costs no read where the system keeps the filter's pages. Entries are read from the file:
 * one bucket for an id that the filter takes for known.
 *
 * <p>Every page of the filter is checked before its first use in this process, and every bucket at each use. A segment
 * that fails is deleted, since a wrong bit in it could let a repeat pass; the index is then built from the blocks.
 *
 * <p>One thread looks up; another may read {@link #sorted} at the same time.
 */
final class IdSegment implements AutoCloseable {
    /** Sizes of more entries in a bucket than chance makes are damage. */
    private static final int BUCKET_ENTRIES_MAX = 1 << 16;

    final IdSegmentHeader header;
    private final Path file;
    private final FileChannel channel;
    private final MappedByteBuffer filter;
    private final BitSet checkedPages = new BitSet();

    private IdSegment(IdSegmentHeader header, Path file, FileChannel channel, MappedByteBuffer filter) {
        this.header = header;
        this.file = file;
        this.channel = channel;
        this.filter = filter;
    }

    /** A segment's file is damaged. It was deleted: a restart builds the index again, from the blocks of ids. */
    static final class DamagedException extends IllegalStateException {
        DamagedException(Path file) {
            super("the index of ids in " + file
                    + " is damaged and was deleted; the partition restarts and builds it again");
        }
    }

    /** Null if the file is not a whole segment. */
    static @Nullable IdSegment open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
            readFully(channel, page, 0);
            IdSegmentHeader header = IdSegmentHeader.read(page.flip());
            if (header == null || channel.size() != header.fileBytes()) {
                channel.close();
                return null;
            }
            return new IdSegment(
                    header,
                    file,
                    channel,
                    channel.map(
                            FileChannel.MapMode.READ_ONLY,
                            header.filterAt(),
                            (long) header.filterPages() * PAGE_BYTES));
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    /** Whether an id with this hash and time may be here; false is certain. */
    boolean mayHold(long hash, long time) {
        if (!header.times().mayInclude(time)) {
            return false;
        }
        int block = header.filterBlockOf(hash);
        int page = block / FILTER_BLOCKS_PER_PAGE;
        if (!checkedPages.get(page)) {
            check(page);
        }
        int at = page * PAGE_BYTES + block % FILTER_BLOCKS_PER_PAGE * FILTER_BLOCK_BYTES;
        return FilterBits.mayHold(filter, at, hash);
    }

    /** The ordinals of the ids with this hash. */
    long[] ordinals(long hash) {
        int bucket = header.bucketOf(hash);
        ByteBuffer entries;
        try {
            entries = bucket(bucket);
        } catch (IOException unreadable) {
            throw new UncheckedIOException("the index of ids in " + file + " cannot be read", unreadable);
        }
        long[] found = new long[entries.remaining() / Long.BYTES];
        int count = 0;
        while (entries.hasRemaining()) {
            long entry = entries.getLong();
            if (header.hashOf(bucket, entry) == hash) {
                found[count++] = header.first() + header.ordinalOf(entry);
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** All its ids; each bucket is checked. */
    SortedIds sorted() {
        return new Cursor();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the index of ids in " + file + " cannot be closed", e);
        }
    }

    /** Closes it and deletes the file. The mapped part of the disk is free once the mapping was collected. */
    void delete() {
        close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the index of ids in " + file + " cannot be deleted", e);
        }
    }

    /** What the checksum of a bucket covers besides its entries. */
    static long placeOf(int bucket, int entriesBefore) {
        return (long) bucket << Integer.SIZE | entriesBefore;
    }

    private void check(int page) {
        ByteBuffer bytes = filter.slice(page * PAGE_BYTES, PAGE_BYTES);
        if (IdSegmentHeader.crc(page, bytes.duplicate().limit(IdSegmentHeader.CRC_AT))
                != bytes.getInt(IdSegmentHeader.CRC_AT)) {
            throw damaged();
        }
        checkedPages.set(page);
    }

    private ByteBuffer bucket(int bucket) throws IOException {
        ByteBuffer directory = ByteBuffer.allocate(2 * IdSegmentHeader.DIRECTORY_BYTES);
        readFully(channel, directory, header.directoryAt() + (long) bucket * IdSegmentHeader.DIRECTORY_BYTES);
        directory.flip();
        int start = directory.getInt();
        int crc = directory.getInt();
        ByteBuffer entries = ByteBuffer.allocate(bytes(start, directory.getInt()));
        readFully(channel, entries, header.entriesAt() + (long) start * Long.BYTES);
        return checked(bucket, start, crc, entries.flip());
    }

    private int bytes(int start, int end) {
        if (start < 0 || end < start || end > header.count() || end - start > BUCKET_ENTRIES_MAX) {
            throw damaged();
        }
        return (end - start) * Long.BYTES;
    }

    private ByteBuffer checked(int bucket, int start, int crc, ByteBuffer entries) {
        if (IdSegmentHeader.crc(placeOf(bucket, start), entries.duplicate()) != crc) {
            throw damaged();
        }
        return entries;
    }

    private DamagedException damaged() {
        delete();
        return new DamagedException(file);
    }

    /** Fewer bytes at the end of the file. */
    private static void readFully(FileChannel from, ByteBuffer into, long position) throws IOException {
        long at = position;
        while (into.hasRemaining()) {
            int read = from.read(into, at);
            if (read < 0) {
                return;
            }
            at += read;
        }
    }

    /** Reads directory and entries from front to back. */
    private final class Cursor implements SortedIds {
        private static final int BUFFER_BYTES = 64 * 1024;

        private final ByteBuffer directory = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
        private long directoryAt = header.directoryAt();
        private final ByteBuffer ahead = ByteBuffer.allocate(BUFFER_BYTES).limit(0);
        private long aheadAt = header.entriesAt();
        private int bucket = -1;
        private ByteBuffer entries = ByteBuffer.allocate(0);
        private long entry;

        @Override
        public boolean next() throws IOException {
            while (!entries.hasRemaining()) {
                if (++bucket == header.buckets()) {
                    return false;
                }
                nextBucket();
            }
            entry = entries.getLong();
            return true;
        }

        @Override
        public long hash() {
            return header.hashOf(bucket, entry);
        }

        @Override
        public long ordinal() {
            return header.first() + header.ordinalOf(entry);
        }

        private void nextBucket() throws IOException {
            if (directory.remaining() < 2 * IdSegmentHeader.DIRECTORY_BYTES) {
                directory.compact();
                directoryAt += fill(directory, directoryAt, header.entriesAt());
            }
            int start = directory.getInt();
            int crc = directory.getInt();
            ByteBuffer next = ByteBuffer.allocate(bytes(start, directory.getInt(directory.position())));
            while (next.hasRemaining()) {
                if (!ahead.hasRemaining()) {
                    ahead.clear();
                    aheadAt += fill(ahead, aheadAt, header.fileBytes());
                }
                int length = Math.min(next.remaining(), ahead.remaining());
                next.put(ahead.slice(ahead.position(), length));
                ahead.position(ahead.position() + length);
            }
            entries = checked(bucket, start, crc, next.flip());
        }

        private int fill(ByteBuffer buffer, long at, long end) throws IOException {
            buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + end - at));
            int before = buffer.position();
            readFully(channel, buffer, at);
            if (buffer.hasRemaining()) {
                throw damaged();
            }
            int read = buffer.position() - before;
            buffer.flip();
            return read;
        }
    }
}

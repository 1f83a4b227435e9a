package io.usageflow.forwarder.admission.dedup.index;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Writes a segment in one pass over its sorted ids. The file gets its name when it is whole and on disk; a writer that
 * dies leaves a file with the ending {@value #TEMPORARY}.
 */
final class IdSegmentWriter {
    static final String ENDING = ".ids";
    static final String TEMPORARY = ".tmp";

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int CANCEL_EVERY = 4096;

    private final FileChannel file;
    private final IdSegmentHeader header;
    private final Section filter;
    private final Section directory;
    private final Section entries;

    private final ByteBuffer page = ByteBuffer.allocate(IdSegmentHeader.PAGE_BYTES);
    private int pageNumber;
    private ByteBuffer bucket = ByteBuffer.allocate(IdSegmentHeader.PAGE_BYTES);
    private int bucketNumber;
    private int written;

    private IdSegmentWriter(FileChannel file, IdSegmentHeader header) {
        this.file = file;
        this.header = header;
        this.filter = new Section(header.filterAt());
        this.directory = new Section(header.directoryAt());
        this.entries = new Section(header.entriesAt());
    }

    /**
     * Writes a segment of exactly the header's ids.
     *
     * @throws CancellationException if {@code cancelled}; nothing is left
     */
    static Path write(Path folder, IdSegmentHeader header, SortedIds ids, BooleanSupplier cancelled)
            throws IOException {
        Path file = folder.resolve(
                String.format(Locale.ROOT, "%015d-%015d-%d%s", header.first(), header.end(), header.level(), ENDING));
        Path temporary = folder.resolve(file.getFileName() + TEMPORARY);
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                new IdSegmentWriter(channel, header).write(ids, cancelled);
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            return file;
        } catch (IOException | RuntimeException failed) {
            Files.deleteIfExists(temporary);
            throw failed;
        }
    }

    private void write(SortedIds ids, BooleanSupplier cancelled) throws IOException {
        int count = 0;
        while (ids.next()) {
            if (count++ % CANCEL_EVERY == 0 && cancelled.getAsBoolean()) {
                throw new CancellationException("the partition is closing");
            }
            add(ids.hash(), (int) (ids.ordinal() - header.first()));
        }
        if (count != header.count()) {
            throw new IllegalStateException(
                    "a segment of the ids " + header.first() + " to " + header.end() + " got " + count);
        }
        while (bucketNumber < header.buckets()) {
            endBucket();
        }
        directory.put(header.count()).put(0);
        while (pageNumber < header.filterPages()) {
            endPage();
        }
        filter.flush();
        directory.flush();
        entries.flush();
        writeFully(file, header.write(), 0);
    }

    private void add(long hash, int ordinal) throws IOException {
        while (bucketNumber < header.bucketOf(hash)) {
            endBucket();
        }
        if (!bucket.hasRemaining()) {
            bucket = ByteBuffer.allocate(2 * bucket.capacity()).put(bucket.flip());
        }
        bucket.putLong(header.entry(hash, ordinal));

        int block = header.filterBlockOf(hash);
        while (pageNumber < block / IdSegmentHeader.FILTER_BLOCKS_PER_PAGE) {
            endPage();
        }
        int at = block % IdSegmentHeader.FILTER_BLOCKS_PER_PAGE * IdSegmentHeader.FILTER_BLOCK_BYTES;
        FilterBits.set(page, at, hash);
    }

    private void endBucket() throws IOException {
        bucket.flip();
        directory.put(written).put(IdSegmentHeader.crc(IdSegment.placeOf(bucketNumber, written), bucket.duplicate()));
        written += bucket.remaining() / Long.BYTES;
        entries.put(bucket);
        bucket.clear();
        bucketNumber++;
    }

    private void endPage() throws IOException {
        page.putInt(
                IdSegmentHeader.CRC_AT,
                IdSegmentHeader.crc(pageNumber, page.duplicate().position(0).limit(IdSegmentHeader.CRC_AT)));
        filter.put(page.duplicate().position(0));
        Arrays.fill(page.array(), (byte) 0);
        pageNumber++;
    }

    private static void writeFully(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
    }

    /** A part of the file that is written in order. */
    private final class Section {
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        private long position;

        Section(long position) {
            this.position = position;
        }

        Section put(int number) throws IOException {
            if (buffer.remaining() < Integer.BYTES) {
                flush();
            }
            buffer.putInt(number);
            return this;
        }

        void put(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                if (!buffer.hasRemaining()) {
                    flush();
                }
                int length = Math.min(bytes.remaining(), buffer.remaining());
                buffer.put(bytes.slice(bytes.position(), length));
                bytes.position(bytes.position() + length);
            }
        }

        void flush() throws IOException {
            buffer.flip();
            int length = buffer.remaining();
            writeFully(file, buffer, position);
            position += length;
            buffer.clear();
        }
    }
}

package io.usageflow.forwarder.admission.dedup.index;

import io.usageflow.schema.id.KeyedHash;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The first page of a segment file. The sections that follow are laid out by it alone: the filter in pages with
 * checksums, the directory of buckets, and the entries in the order of their hashes.
 *
 * <p>Hashes have {@value #HASH_BITS} bits. The first bits name the bucket of about 32 to 64 entries. An entry is one
 * {@code long}: the other bits of the hash, then the ordinal, counted from the segment's first. Both always fit, since
 * the bits that a larger segment needs for ordinals are those that its buckets' numbers save.
 *
 * @param hash under which its ids were hashed
 * @param first ordinal of its first id
 * @param end ordinal after its last id
 * @param level how many merges made it
 * @param times of its ids
 * @param lastBlock SHA-256 of the block that holds its last id, and ends with it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record IdSegmentHeader(KeyedHash hash, long first, long end, int level, IdTimes times, byte[] lastBlock) {
    static final int HASH_BITS = 58;
    static final int PAGE_BYTES = 4096;
    /** The most ids of one segment: its filter must fit into one mapping. */
    static final int IDS_MAX = 1 << 28;

    static final int DIGEST_BYTES = 32;

    /** 64 bytes, a line of the processor's cache, for 32 ids: 16 bits an id. */
    static final int FILTER_BLOCK_BYTES = 64;

    static final int IDS_PER_FILTER_BLOCK = 32;
    static final int FILTER_BLOCKS_PER_PAGE = PAGE_BYTES / FILTER_BLOCK_BYTES - 1;
    static final int CRC_AT = PAGE_BYTES - Integer.BYTES;
    /** Of a bucket: the number of entries before it, and its checksum. */
    static final int DIRECTORY_BYTES = 2 * Integer.BYTES;

    private static final long MAGIC = 0x7566_6964_7365_6731L; // "ufidseg1"
    private static final int BUCKET_ORDINAL_BITS = 6;

    int count() {
        return (int) (end - first);
    }

    int bucketBits() {
        int ordinalBits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(count() - 1, 0));
        return Math.max(0, ordinalBits - BUCKET_ORDINAL_BITS);
    }

    int buckets() {
        return 1 << bucketBits();
    }

    int bucketOf(long hash) {
        return (int) (hash >>> (HASH_BITS - bucketBits()));
    }

    long entry(long hash, int ordinal) {
        return hash << (Long.SIZE - HASH_BITS + bucketBits()) | ordinal;
    }

    long hashOf(int bucket, long entry) {
        return ((long) bucket << (HASH_BITS - bucketBits())) | entry >>> ordinalBits();
    }

    int ordinalOf(long entry) {
        return (int) (entry & ((1L << ordinalBits()) - 1));
    }

    private int ordinalBits() {
        return bucketBits() + BUCKET_ORDINAL_BITS;
    }

    int filterBlocks() {
        return count() / IDS_PER_FILTER_BLOCK + 1;
    }

    /** Ascends with the hash, so that a writer with sorted hashes needs one page at a time. */
    int filterBlockOf(long hash) {
        return (int) Math.multiplyHigh(hash << (Long.SIZE - HASH_BITS - 1), 2L * filterBlocks());
    }

    int filterPages() {
        return (filterBlocks() + FILTER_BLOCKS_PER_PAGE - 1) / FILTER_BLOCKS_PER_PAGE;
    }

    long filterAt() {
        return PAGE_BYTES;
    }

    long directoryAt() {
        return filterAt() + (long) filterPages() * PAGE_BYTES;
    }

    long entriesAt() {
        return directoryAt() + (buckets() + 1L) * DIRECTORY_BYTES;
    }

    long fileBytes() {
        return entriesAt() + (long) count() * Long.BYTES;
    }

    /** One page. */
    ByteBuffer write() {
        ByteBuffer page = ByteBuffer.allocate(PAGE_BYTES);
        page.putLong(MAGIC).putLong(hash.key0()).putLong(hash.key1());
        page.putLong(first).putLong(end).putInt(level);
        page.putLong(times.earliest()).putLong(times.latest());
        page.put(lastBlock);
        return page.putInt(CRC_AT, crc(page.duplicate().position(0).limit(CRC_AT)))
                .position(0);
    }

    /** Null if the page is none of ours, or damaged. */
    static @Nullable IdSegmentHeader read(ByteBuffer page) {
        if (page.remaining() != PAGE_BYTES
                || page.getLong(0) != MAGIC
                || page.getInt(CRC_AT) != crc(page.duplicate().limit(CRC_AT))) {
            return null;
        }
        page.getLong();
        KeyedHash hash = new KeyedHash(page.getLong(), page.getLong());
        long first = page.getLong();
        long end = page.getLong();
        int level = page.getInt();
        IdTimes times = new IdTimes(page.getLong(), page.getLong());
        byte[] lastBlock = new byte[DIGEST_BYTES];
        page.get(lastBlock);
        return first < 0 || end <= first || end - first > IDS_MAX
                ? null
                : new IdSegmentHeader(hash, first, end, level, times, lastBlock);
    }

    /** Covers its place, too, so that a page or bucket that was written to the wrong place fails. */
    static int crc(long place, ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            crc.update((int) (place >>> shift));
        }
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static int crc(ByteBuffer header) {
        return crc(0, header);
    }
}

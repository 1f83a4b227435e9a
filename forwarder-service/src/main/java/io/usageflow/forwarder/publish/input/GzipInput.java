package io.usageflow.forwarder.publish.input;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads gzip to its end: every member, with nothing but zeros after the last one. {@link java.util.zip.GZIPInputStream}
 * ends silently at garbage after a member, and also before a member whose bytes are not available yet. Not thread-safe.
 */
final class GzipInput extends InputStream {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int FLAG_HEADER_CRC = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int FIXED_BYTES_LEFT = 6;

    private final PushbackInputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private int filled;
    private long size;
    private boolean ended;

    GzipInput(InputStream in) throws IOException {
        this.in = new PushbackInputStream(in, BUFFER_BYTES);
        if (!beginMember()) {
            throw new EOFException("the gzip data is empty");
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        try {
            while (!ended) {
                int count = inflater.inflate(to, offset, length);
                if (count > 0) {
                    crc.update(to, offset, count);
                    size += count;
                    return count;
                }
                if (inflater.finished()) {
                    endMember();
                    ended = !beginMember();
                } else if (inflater.needsDictionary()) {
                    throw damaged("it asks for a dictionary");
                } else {
                    filled = in.read(buffer);
                    if (filled < 0) {
                        throw new EOFException("the gzip data ends before its end: the file is cut off");
                    }
                    inflater.setInput(buffer, 0, filled);
                }
            }
            return -1;
        } catch (DataFormatException malformed) {
            throw damaged("it cannot be uncompressed");
        }
    }

    /** Returns whether there is another member; zeros may fill the last block of a tape. */
    private boolean beginMember() throws IOException {
        int first = in.read();
        while (first == 0) {
            first = in.read();
        }
        if (first < 0) {
            return false;
        }
        if (first != 0x1F || in.read() != 0x8B || in.read() != 8) {
            throw damaged("other data follows a complete part");
        }
        int flags = octet();
        skip(FIXED_BYTES_LEFT);
        if ((flags & FLAG_EXTRA) != 0) {
            skip(octet() | octet() << 8);
        }
        if ((flags & FLAG_NAME) != 0) {
            skipText();
        }
        if ((flags & FLAG_COMMENT) != 0) {
            skipText();
        }
        if ((flags & FLAG_HEADER_CRC) != 0) {
            skip(2);
        }
        inflater.reset();
        crc.reset();
        size = 0;
        return true;
    }

    private void endMember() throws IOException {
        int left = inflater.getRemaining();
        if (left > 0) {
            in.unread(buffer, filled - left, left);
        }
        if (fourOctets() != crc.getValue() || fourOctets() != (size & 0xFFFFFFFFL)) {
            throw damaged("its checksum does not match");
        }
    }

    private long fourOctets() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            value |= (long) octet() << shift;
        }
        return value;
    }

    private int octet() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("the gzip data ends before its end: the file is cut off");
        }
        return value;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            octet();
        }
    }

    private void skipText() throws IOException {
        while (octet() != 0) {
            // The name or the comment is not needed.
        }
    }

    private static IOException damaged(String how) {
        return new IOException("the gzip data is damaged: " + how + "; get the file again");
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}

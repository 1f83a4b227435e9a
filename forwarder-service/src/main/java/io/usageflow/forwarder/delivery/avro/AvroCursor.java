package io.usageflow.forwarder.delivery.avro;

import io.usageflow.forwarder.delivery.avro.DeliverableLayout.UnsupportedBytesException;

/**
 * A place in Avro's binary, moved forward field by field. Reads only numbers in their shortest form, since only these would
 * be written again as they are; never beyond its end. One thread, used again and again.
 */
final class AvroCursor {
    private static final int LONG_BYTES_MAX = 10;

    private byte[] bytes = {};
    private int at;
    private int end;

    /** @param until after the last byte that may be read */
    void over(byte[] value, int from, int until) {
        bytes = value;
        at = from;
        end = until;
    }

    byte[] bytes() {
        return bytes;
    }

    int at() {
        return at;
    }

    void moveTo(int place) {
        at = place;
    }

    boolean isAtEnd() {
        return at == end;
    }

    /** @throws UnsupportedBytesException where it is not in its shortest form */
    long number() {
        long raw = 0;
        for (int i = 0; i < LONG_BYTES_MAX; i++) {
            if (at >= end) {
                throw new UnsupportedBytesException();
            }
            byte next = bytes[at++];
            raw |= (next & 0x7fL) << (7 * i);
            if (next >= 0) {
                boolean shortest = i == 0 || next != 0;
                boolean fits = i < LONG_BYTES_MAX - 1 || next == 1;
                if (!shortest || !fits) {
                    throw new UnsupportedBytesException();
                }
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new UnsupportedBytesException();
    }

    /** @throws UnsupportedBytesException where it is below 0 or not below {@code bound}: a union's or an enum's */
    int choice(int bound) {
        long number = number();
        if (number < 0 || number >= bound) {
            throw new UnsupportedBytesException();
        }
        return (int) number;
    }

    void int32() {
        long number = number();
        if (number != (int) number) {
            throw new UnsupportedBytesException();
        }
    }

    /** Reads the length of a string or of bytes, whose first byte is next. */
    int length() {
        long length = number();
        if (length < 0 || length > end - at) {
            throw new UnsupportedBytesException();
        }
        return (int) length;
    }

    void skip(int count) {
        if (count > end - at) {
            throw new UnsupportedBytesException();
        }
        at += count;
    }

    void skipText() {
        skip(length());
    }

    /** @throws UnsupportedBytesException where it is not all ASCII: what is not would first have to be checked to be UTF-8 */
    void skipAscii() {
        int length = length();
        for (int i = at; i < at + length; i++) {
            if (bytes[i] < 0) {
                throw new UnsupportedBytesException();
            }
        }
        at += length;
    }

    /** A union of null and something: whether it is something. */
    boolean isPresent() {
        return choice(2) == 1;
    }

    boolean truth() {
        if (at >= end || (bytes[at] & 0xfe) != 0) {
            throw new UnsupportedBytesException();
        }
        return bytes[at++] == 1;
    }

    /** The entries in the next block of a map or an array; 0 at its end. Blocks that say their size are not what our writers make. */
    int block() {
        long count = number();
        if (count < 0 || count > end - at) {
            throw new UnsupportedBytesException();
        }
        return (int) count;
    }
}

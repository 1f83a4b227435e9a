package io.usageflow.forwarder.delivery.avro;

import io.usageflow.forwarder.delivery.avro.DeliverableLayout.UnsupportedBytesException;

/**
 * Reads Avro's binary encoding field by field, within bounds. Accepts only numbers in their shortest form, since an
 * encoder would not reproduce others. One thread; reusable.
 */
final class AvroCursor {
    private static final int LONG_BYTES_MAX = 10;

    private byte[] bytes = {};
    private int at;
    private int end;

    /** Begins at {@code from}; {@code until} is exclusive. */
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

    /**
     * Reads a number.
     *
     * @throws UnsupportedBytesException if it is not in its shortest form
     */
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

    /**
     * Reads the index of a union or an enum.
     *
     * @throws UnsupportedBytesException if it is not in 0 to {@code bound} - 1
     */
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

    /** Reads the length of a string or of bytes, and stops at the first byte. */
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

    /**
     * Skips an ASCII string.
     *
     * @throws UnsupportedBytesException if it is not ASCII, since other text would have to be validated as UTF-8
     */
    void skipAscii() {
        int length = length();
        for (int i = at; i < at + length; i++) {
            if (bytes[i] < 0) {
                throw new UnsupportedBytesException();
            }
        }
        at += length;
    }

    /** Reads a nullable union; returns whether it has a value. */
    boolean isPresent() {
        return choice(2) == 1;
    }

    boolean truth() {
        if (at >= end || (bytes[at] & 0xfe) != 0) {
            throw new UnsupportedBytesException();
        }
        return bytes[at++] == 1;
    }

    /**
     * Reads the number of entries in the next block of a map or an array; 0 at its end. Our writers create no sized
     * blocks.
     */
    int block() {
        long count = number();
        if (count < 0 || count > end - at) {
            throw new UnsupportedBytesException();
        }
        return (int) count;
    }
}

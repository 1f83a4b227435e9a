package io.usageflow.forwarder.delivery.avro;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.forwarder.delivery.avro.DeliverableLayout.UnsupportedBytesException;
import java.math.BigInteger;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * A buffer for JSON in {@code EventJson}'s form: exact plain decimals, times with six digits and a Z. Supports only
 * text that needs no escaping. One thread; reusable.
 */
final class JsonText {
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;
    private static final int SCALE = 18;
    private static final long ONE = 1_000_000_000_000_000_000L;
    private static final BigInteger LARGE_ONE = BigInteger.valueOf(ONE);
    /** The first number with more than 38 digits. */
    private static final BigInteger DIGITS_END = BigInteger.TEN.pow(38);

    private static final int NUMBER_CHARS_MAX = 20;

    private byte[] text = new byte[1024];
    private int length;
    private long day = Long.MIN_VALUE;
    private byte[] date = {};

    void clear() {
        length = 0;
    }

    byte[] toBytes() {
        return Arrays.copyOf(text, length);
    }

    void add(byte[] ascii) {
        room(ascii.length);
        System.arraycopy(ascii, 0, text, length, ascii.length);
        length += ascii.length;
    }

    void add(char ascii) {
        room(1);
        text[length++] = (byte) ascii;
    }

    /**
     * Adds a string.
     *
     * @throws UnsupportedBytesException if a byte is not ASCII, or needs escaping
     */
    void quoted(byte[] from, int at, int end) {
        room(end - at + 2);
        text[length++] = '"';
        for (int i = at; i < end; i++) {
            byte next = from[i];
            if (next < ' ' || next == '"' || next == '\\') {
                throw new UnsupportedBytesException();
            }
            text[length++] = next;
        }
        text[length++] = '"';
    }

    /** Adds the string at the cursor, and moves past it. */
    void quoted(AvroCursor in) {
        int count = in.length();
        quoted(in.bytes(), in.at(), in.at() + count);
        in.skip(count);
    }

    void number(long number) {
        if (number == Long.MIN_VALUE) {
            throw new UnsupportedBytesException(); // has no positive counterpart
        }
        if (number < 0) {
            add('-');
        }
        digits(Math.abs(number), 1);
    }

    /** Adds digits, with leading zeros up to {@code atLeast}. */
    private void digits(long number, int atLeast) {
        room(NUMBER_CHARS_MAX);
        int count = 1;
        for (long rest = number; rest >= 10; rest /= 10) {
            count++;
        }
        count = Math.max(count, atLeast);
        long rest = number;
        for (int i = length + count - 1; i >= length; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += count;
    }

    /** Adds the decimal of scale 18 at the cursor, without trailing zeros, and moves past it. */
    void decimal(AvroCursor in) {
        int count = in.length();
        byte[] bytes = in.bytes();
        int at = in.at();
        in.skip(count);
        if (count == 0) {
            throw new UnsupportedBytesException();
        }
        if (count > Long.BYTES) {
            large(new BigInteger(bytes, at, count));
            return;
        }
        long unscaled = bytes[at];
        for (int i = at + 1; i < at + count; i++) {
            unscaled = unscaled << Byte.SIZE | (bytes[i] & 0xff);
        }
        small(unscaled);
    }

    private void small(long unscaled) {
        if (unscaled == Long.MIN_VALUE) {
            throw new UnsupportedBytesException(); // has no positive counterpart
        }
        if (unscaled < 0) {
            add('-');
        }
        long digits = Math.abs(unscaled);
        digits(digits / ONE, 1);
        fraction(digits % ONE);
    }

    private void large(BigInteger unscaled) {
        BigInteger digits = unscaled.abs();
        if (digits.compareTo(DIGITS_END) >= 0) {
            throw new UnsupportedBytesException();
        }
        if (unscaled.signum() < 0) {
            add('-');
        }
        BigInteger[] parts = digits.divideAndRemainder(LARGE_ONE);
        add(parts[0].toString().getBytes(US_ASCII));
        fraction(parts[1].longValue());
    }

    /** Adds the fraction without trailing zeros; nothing for 0. */
    private void fraction(long ofOne) {
        if (ofOne == 0) {
            return;
        }
        long rest = ofOne;
        int count = SCALE;
        while (rest % 10 == 0) {
            rest /= 10;
            count--;
        }
        add('.');
        digits(rest, count);
    }

    /** {@code "2026-11-23T10:00:00.123456Z"}. */
    void time(long micros) {
        long newDay = Math.floorDiv(micros, MICROS_PER_DAY);
        if (newDay != day) {
            LocalDate calendar = LocalDate.ofEpochDay(newDay);
            if (calendar.getYear() < 0 || calendar.getYear() > 9999) {
                throw new UnsupportedBytesException();
            }
            date = ("\"" + calendar + "T").getBytes(US_ASCII);
            day = newDay;
        }
        add(date);
        long ofDay = Math.floorMod(micros, MICROS_PER_DAY);
        long seconds = ofDay / MICROS_PER_SECOND;
        digits(seconds / 3600, 2);
        add(':');
        digits(seconds / 60 % 60, 2);
        add(':');
        digits(seconds % 60, 2);
        add('.');
        digits(ofDay % MICROS_PER_SECOND, 6);
        add('Z');
        add('"');
    }

    private void room(int more) {
        if (text.length - length < more) {
            text = Arrays.copyOf(text, Math.max(text.length * 2, length + more));
        }
    }
}

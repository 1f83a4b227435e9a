package io.usageflow.sandbox.json;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;

/** Times as Credyt's responses write them: ISO 8601 in UTC with seven digits after the point. */
public final class Times {
    private static final DateTimeFormatter SEVEN_DIGITS = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 7, 7, true)
            .appendLiteral('Z')
            .toFormatter()
            .withZone(ZoneOffset.UTC);

    private static final String SHAPE = "0000-00-00T00:00:00";
    private static final int[] DAYS_AT_LEAST = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    private static final int SHORTEST = SHAPE.length() + 1;
    private static final int LONGEST = SHORTEST + 10;

    private Times() {}

    public static String write(Instant time) {
        return SEVEN_DIGITS.format(time);
    }

    /** Whether the text is an ISO 8601 time with {@code Z} or an offset and 0 to 9 digits after the point. */
    public static boolean isIso(String text) {
        return isPlain(text) || isParsed(text);
    }

    /**
     * Whether it is one of the times that are seen to be valid without a calendar: in UTC, and not the 29th of
     * February. Parsing is the dearest part of judging an event.
     */
    private static boolean isPlain(String text) {
        if (text.length() < SHORTEST || text.length() > LONGEST || text.charAt(text.length() - 1) != 'Z') {
            return false;
        }
        for (int i = 0; i < SHORTEST - 1; i++) {
            char expected = SHAPE.charAt(i);
            char c = text.charAt(i);
            if (expected == '0' ? c < '0' || c > '9' : c != expected) {
                return false;
            }
        }
        return within(text, 5, 1, 12)
                && within(text, 8, 1, DAYS_AT_LEAST[number(text, 5)])
                && within(text, 11, 0, 23)
                && within(text, 14, 0, 59)
                && within(text, 17, 0, 59)
                && isPlainFraction(text);
    }

    private static boolean within(String text, int place, int min, int max) {
        int value = number(text, place);
        return value >= min && value <= max;
    }

    private static int number(String text, int place) {
        return (text.charAt(place) - '0') * 10 + text.charAt(place + 1) - '0';
    }

    private static boolean isPlainFraction(String text) {
        if (text.length() == SHORTEST) {
            return true;
        }
        if (text.length() == SHORTEST + 1 || text.charAt(SHORTEST - 1) != '.') {
            return false;
        }
        for (int i = SHORTEST; i < text.length() - 1; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean isParsed(String text) {
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeException notATime) {
            return false;
        }
    }
}

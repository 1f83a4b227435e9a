package io.usageflow.sandbox.fault;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The {@code Retry-After} of an answer. Immutable.
 *
 * @param seconds ignored where the header is absent
 */
public record RetryAfter(Form form, int seconds) {
    public static final RetryAfter ABSENT = new RetryAfter(Form.ABSENT, 0);

    /** The two notations of RFC 9110, section 10.2.3, and none. */
    public enum Form {
        ABSENT,
        SECONDS,
        HTTP_DATE
    }

    public RetryAfter {
        if (seconds < 0) {
            throw new IllegalArgumentException("retry_after is " + seconds + ": use 0 seconds or more");
        }
    }

    public static RetryAfter seconds(int seconds) {
        return new RetryAfter(Form.SECONDS, seconds);
    }

    /** As a date so many seconds from the answer, rounded up: the notation has no fractions. */
    public static RetryAfter date(int seconds) {
        return new RetryAfter(Form.HTTP_DATE, seconds);
    }

    public Optional<String> header(Instant now) {
        return switch (form) {
            case ABSENT -> Optional.empty();
            case SECONDS -> Optional.of(Integer.toString(seconds));
            case HTTP_DATE ->
                Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.format(now.plusSeconds(seconds)
                        .plusNanos(999_999_999)
                        .truncatedTo(ChronoUnit.SECONDS)
                        .atOffset(ZoneOffset.UTC)));
        };
    }
}

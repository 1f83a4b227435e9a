package io.usageflow.forwarder.credyt;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** The Retry-After header in both its forms, seconds and HTTP date (RFC 9110, 10.2.3). Pure. */
public final class RetryAfter {
    /** Longer waits are cut here already; the retry schedule's own bound is far below. */
    private static final long SECONDS_MAX = Duration.ofDays(1).toSeconds();

    private RetryAfter() {}

    /** How long an answer asks to wait, in whichever of the headers it says so; unbounded as it came. */
    public static Optional<Duration> of(Answer.Response response, Instant now) {
        return response.header("retry-after")
                .flatMap(text -> parse(text, response.header("date"), now))
                .or(() -> response.header("retry-after-ms").flatMap(RetryAfter::parseMillis))
                .or(() -> response.header("x-ms-retry-after-ms").flatMap(RetryAfter::parseMillis));
    }

    /**
     * @param date the answer's own Date header, where it has one: with it the wait does not depend on our clock
     * @return never negative; empty where the text is neither form
     */
    static Optional<Duration> parse(String text, Optional<String> date, Instant now) {
        String trimmed = text.strip();
        if (!trimmed.isEmpty() && trimmed.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long seconds = trimmed.length() > 9 ? SECONDS_MAX : Long.parseLong(trimmed);
            return Optional.of(Duration.ofSeconds(Math.min(seconds, SECONDS_MAX)));
        }
        return instant(trimmed).map(until -> {
            Duration wait = Duration.between(date.flatMap(RetryAfter::instant).orElse(now), until);
            return wait.isNegative() ? Duration.ZERO : min(wait, Duration.ofSeconds(SECONDS_MAX));
        });
    }

    /** The {@code retry-after-ms} that the runtime of Credyt's own SDK understands (CREDYT-API.md, 5). */
    static Optional<Duration> parseMillis(String text) {
        String trimmed = text.strip();
        return trimmed.isEmpty() || !trimmed.chars().allMatch(c -> c >= '0' && c <= '9')
                ? Optional.empty()
                : Optional.of(min(
                        Duration.ofMillis(trimmed.length() > 15 ? Long.MAX_VALUE : Long.parseLong(trimmed)),
                        Duration.ofSeconds(SECONDS_MAX)));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static Optional<Instant> instant(String httpDate) {
        try {
            return Optional.of(ZonedDateTime.parse(httpDate, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException neitherForm) {
            return Optional.empty();
        }
    }
}

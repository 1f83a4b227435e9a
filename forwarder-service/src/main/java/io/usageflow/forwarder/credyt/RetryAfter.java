package io.usageflow.forwarder.credyt;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Parses the wait that an answer asks for: {@code Retry-After} in seconds and in the three forms of an HTTP date (RFC
 * 9110, 5.6.7 and 10.2.3), and the millisecond headers of the runtime of Credyt's SDK (docs/credyt-api.md, 5). Pure.
 *
 * <table>
 * <caption>Supported values</caption>
 * <tr><td>{@code 7}, {@code +7}, {@code  7 }</td><td>7 s</td></tr>
 * <tr><td>{@code 7.5}</td><td>8 s: not standard, but some servers send it</td></tr>
 * <tr><td>{@code 7, 9}, several header lines</td><td>9 s: the longest</td></tr>
 * <tr><td>{@code Mon, 23 Nov 2026 10:00:30 GMT}, {@code Monday, 23-Nov-26 10:00:30 GMT}, {@code Mon Nov 23 10:00:30
 * 2026}, in any case; the name of the day is not compared</td><td>until then, by the answer's own clock where it has a
 * {@code Date}</td></tr>
 * <tr><td>{@code 0}, {@code -3}, a date that is past</td><td>0 s: our own back-off applies</td></tr>
 * <tr><td>any other text, also next to a valid value</td><td>at least {@value #NOT_UNDERSTOOD_SECONDS} s, since the
 * wait is unknown</td></tr>
 * <tr><td>blank</td><td>ignored</td></tr>
 * <tr><td>more than a day</td><td>one day; {@code delivery.retry.after.max} is usually shorter</td></tr>
 * </table>
 */
public final class RetryAfter {
    static final int NOT_UNDERSTOOD_SECONDS = 30;

    /** Upper bound, far above the retry schedule's own. */
    private static final long SECONDS_MAX = Duration.ofDays(1).toSeconds();

    private static final int TEXT_MAX = 1000;
    private static final String DAY = "(?<day>\\d{1,2})";
    private static final String MONTH = "(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
    private static final String TIME = "(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})";
    private static final String YEAR = "(?<year>\\d{4})";
    private static final String ZONE = "(?:gmt|utc|z|[+-]0000)\\b";

    /** IMF-fixdate, RFC 850, asctime; in lower case. */
    private static final List<Pattern> DATES = Stream.of(
                    "[a-z]{3,9}, *" + DAY + " +" + MONTH + " +" + YEAR + " +" + TIME + " +" + ZONE,
                    "[a-z]{3,9}, *" + DAY + "-" + MONTH + "-(?<year>\\d{2}|\\d{4}) +" + TIME + " +" + ZONE,
                    "[a-z]{3,9} +" + MONTH + " +" + DAY + " +" + TIME + " +" + YEAR + "\\b")
            .map(Pattern::compile)
            .toList();

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(?:\\.\\d{0,30})?");
    private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

    private RetryAfter() {}

    /** The wait that an answer asks for, from any of the headers. Never negative; the caller bounds it. */
    public static Optional<Duration> of(Answer.Response response, Instant now) {
        return header(response, "retry-after")
                .map(text -> parse(text, response.header("date"), now))
                .or(() -> header(response, "retry-after-ms").map(RetryAfter::parseMillis))
                .or(() -> header(response, "x-ms-retry-after-ms").map(RetryAfter::parseMillis));
    }

    private static Optional<String> header(Answer.Response response, String name) {
        return response.header(name).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** Parses a value; with the answer's Date header, the wait does not depend on our clock. */
    static Duration parse(String text, Optional<String> date, Instant now) {
        List<Instant> dates = new ArrayList<>();
        Duration longest = numbers(takeDates(text, now, dates), 1);
        Instant from = date.map(own -> datesOf(own, now))
                .filter(own -> !own.isEmpty())
                .map(own -> own.get(0))
                .orElse(now);
        for (Instant until : dates) {
            longest = max(longest, rounded(Duration.between(from, until)));
        }
        return longest;
    }

    static Duration parseMillis(String text) {
        return numbers(text, 1000);
    }

    /** The longest of a list of numbers; at least the default wait if one is invalid. */
    private static Duration numbers(String list, int perSecond) {
        Duration longest = Duration.ZERO;
        for (String element : list.split(",", -1)) {
            String number = element.strip();
            if (NUMBER.matcher(number).matches()) {
                BigDecimal nanos = new BigDecimal(number)
                        .setScale(0, RoundingMode.CEILING)
                        .min(BigDecimal.valueOf(SECONDS_MAX * perSecond))
                        .multiply(BigDecimal.valueOf(1_000_000_000L / perSecond));
                longest = max(longest, Duration.ofNanos(nanos.longValue()));
            } else if (!number.isEmpty()) {
                longest = max(longest, Duration.ofSeconds(NOT_UNDERSTOOD_SECONDS));
            }
        }
        return longest;
    }

    private static List<Instant> datesOf(String text, Instant now) {
        List<Instant> dates = new ArrayList<>();
        takeDates(text, now, dates);
        return dates;
    }

    /** Removes valid dates from the text, and returns the rest. */
    private static String takeDates(String text, Instant now, List<Instant> into) {
        String rest = text.substring(0, Math.min(text.length(), TEXT_MAX)).toLowerCase(Locale.ROOT);
        for (Pattern form : DATES) {
            Matcher found = form.matcher(rest);
            StringBuilder left = new StringBuilder();
            while (found.find()) {
                Optional<Instant> date = date(found, now);
                date.ifPresent(into::add);
                found.appendReplacement(left, date.isPresent() ? "" : "$0");
            }
            rest = found.appendTail(left).toString();
        }
        return rest;
    }

    private static Optional<Instant> date(Matcher found, Instant now) {
        String year = found.group("year");
        boolean twoDigits = year.length() == 2;
        try {
            LocalDateTime date = LocalDateTime.of(
                    (twoDigits ? 2000 : 0) + Integer.parseInt(year),
                    MONTHS.indexOf(found.group("month")) / 3 + 1,
                    Integer.parseInt(found.group("day")),
                    Integer.parseInt(found.group("hour")),
                    Integer.parseInt(found.group("minute")),
                    Math.min(59, Integer.parseInt(found.group("second")))); // 60 is a leap second
            // RFC 9110, 5.6.7: a year of two digits that seems to be more than 50 years ahead is in the past.
            boolean past = twoDigits
                    && date.isAfter(LocalDateTime.ofInstant(now, ZoneOffset.UTC).plusYears(50));
            return Optional.of((past ? date.minusYears(100) : date).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
    }

    /** Rounds up to whole seconds, between 0 and a day. */
    private static Duration rounded(Duration wait) {
        long seconds = wait.getSeconds() + (wait.getNano() > 0 ? 1 : 0);
        return Duration.ofSeconds(Math.max(0, Math.min(seconds, SECONDS_MAX)));
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}

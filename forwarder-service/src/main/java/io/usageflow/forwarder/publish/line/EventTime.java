package io.usageflow.forwarder.publish.line;

import io.usageflow.forwarder.publish.line.LineSource.BadLineException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.time.zone.ZoneOffsetTransition;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads {@code occurred_at}. It never guesses: a local time that exists twice, or not at all, makes a bad line. Pure.
 */
public final class EventTime {
    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,19}(\\.\\d{1,9})?");
    private static final String ISO_EXAMPLE = "write ISO 8601 such as 2026-11-23T10:15:30.123456Z";

    private EventTime() {}

    /** How a time is written. */
    public enum Form {
        /** ISO 8601 with up to nine fraction digits, {@code T} or a blank in the middle. */
        ISO,
        /** A day, which means its start in the zone. */
        DATE,
        EPOCH_SECONDS,
        EPOCH_MILLIS,
        EPOCH_MICROS
    }

    /**
     * Reads an ISO time.
     *
     * @param zone for texts without a zone; without it they are refused, because a guess could move money in time
     */
    public static Instant parse(String text, Optional<ZoneId> zone) throws BadLineException {
        return parse(text, Form.ISO, zone);
    }

    public static Instant parse(String text, Form form, Optional<ZoneId> zone) throws BadLineException {
        String given = text.strip();
        try {
            return switch (form) {
                case ISO -> iso(text, given, zone);
                case DATE -> date(text, given, zone);
                case EPOCH_SECONDS -> epoch(text, given, 0);
                case EPOCH_MILLIS -> epoch(text, given, 3);
                case EPOCH_MICROS -> epoch(text, given, 6);
            };
        } catch (DateTimeException | ArithmeticException malformed) {
            throw bad(text, ": " + ISO_EXAMPLE);
        }
    }

    private static Instant date(String text, String given, Optional<ZoneId> zone) throws BadLineException {
        if (!DATE.matcher(given).matches()) {
            throw bad(text, ", which is no date: write 2026-11-23, or map the column without :date");
        }
        return LocalDate.parse(given)
                .atStartOfDay(zone.orElseThrow(() -> bad(text, ", a date without a zone: name it with --csv-zone")))
                .toInstant();
    }

    private static Instant epoch(String text, String given, int digits) throws BadLineException {
        if (!NUMBER.matcher(given).matches()) {
            throw bad(text, ", which is no number of time since 1970: map the column as it is written");
        }
        BigDecimal seconds = new BigDecimal(given).movePointLeft(digits);
        BigDecimal nanos = seconds.movePointRight(9);
        long whole = seconds.setScale(0, RoundingMode.FLOOR).longValueExact();
        long rest = nanos.subtract(BigDecimal.valueOf(whole).movePointRight(9)).longValue();
        return Instant.ofEpochSecond(whole, rest);
    }

    private static Instant iso(String text, String given, Optional<ZoneId> zone) throws BadLineException {
        if (DATE.matcher(given).matches()) {
            throw bad(
                    text,
                    ": " + ISO_EXAMPLE + "; a CSV column of dates is mapped as occurred_at=COLUMN:date, with"
                            + " --csv-zone");
        }
        if (NUMBER.matcher(given).matches()) {
            throw bad(
                    text,
                    ": " + ISO_EXAMPLE + "; a CSV column of numbers is mapped as occurred_at=COLUMN:epoch_seconds,"
                            + " :epoch_millis or :epoch_micros");
        }
        String iso = given.replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) +", "$1T")
                .replaceFirst(" *(?:UTC|GMT|Z)$", "Z")
                .replaceFirst(" +([+-]\\d{2}:?\\d{2})$", "$1");
        TemporalAccessor parsed =
                DateTimeFormatter.ISO_DATE_TIME.parseBest(iso, ZonedDateTime::from, LocalDateTime::from);
        if (parsed instanceof ZonedDateTime zoned) {
            return checked(text, iso, zoned);
        }
        LocalDateTime local = LocalDateTime.from(parsed);
        return local(
                text,
                local,
                zone.orElseThrow(() -> bad(text, ", which has no zone: end it with Z or an offset such as +02:00")));
    }

    private static Instant local(String text, LocalDateTime local, ZoneId zone) throws BadLineException {
        List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
        if (offsets.size() == 1) {
            return local.toInstant(offsets.get(0));
        }
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        if (offsets.isEmpty()) {
            throw bad(
                    text,
                    ", which does not exist in " + zone + ": clocks went from " + change.getDateTimeBefore()
                            + " to " + change.getDateTimeAfter() + "; write the time with its offset, such as "
                            + local + change.getOffsetBefore() + " or " + local + change.getOffsetAfter());
        }
        throw bad(
                text,
                ", which exists twice in " + zone + ": " + local.toInstant(offsets.get(0)) + " ("
                        + offsets.get(0) + ") and " + local.toInstant(offsets.get(1)) + " (" + offsets.get(1)
                        + "); write the time with its offset, such as " + local + offsets.get(0));
    }

    /** An offset and a zone's name may contradict each other: {@code 10:00+01:00[Europe/Berlin]} in July. */
    private static Instant checked(String text, String iso, ZonedDateTime zoned) throws BadLineException {
        ZonedDateTime withoutName =
                DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(iso.replaceFirst("\\[.*\\]$", ""), ZonedDateTime::from);
        if (!withoutName.getOffset().equals(zoned.getOffset())) {
            throw bad(
                    text,
                    ", but " + zoned.getZone() + " had the offset " + zoned.getOffset()
                            + " then: write one of them only");
        }
        return withoutName.toInstant();
    }

    private static BadLineException bad(String text, String why) {
        return new BadLineException("occurred_at is '" + text + "'" + why);
    }
}

package io.usageflow.forwarder.publish;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;

/** Reads {@code occurred_at}: ISO 8601 with up to nine fraction digits, {@code T} or a blank in the middle. Pure. */
final class EventTime {
    private EventTime() {}

    /** @param zone for texts without a zone of their own; without it they are refused, as a guess moves money in time */
    static Instant parse(String text, Optional<ZoneId> zone) throws BadLineException {
        String iso =
                text.strip().replaceFirst("^(\\d{4}-\\d{2}-\\d{2}) +", "$1T").replace(" ", "");
        try {
            TemporalAccessor parsed =
                    DateTimeFormatter.ISO_DATE_TIME.parseBest(iso, ZonedDateTime::from, LocalDateTime::from);
            if (parsed instanceof ZonedDateTime zoned) {
                return zoned.toInstant();
            }
            LocalDateTime local = LocalDateTime.from(parsed);
            return local.atZone(zone.orElseThrow(() -> new BadLineException("occurred_at is '" + text
                            + "', which has no zone: end it with Z or an offset such as +02:00")))
                    .toInstant();
        } catch (DateTimeException malformed) {
            throw new BadLineException(
                    "occurred_at is '" + text + "': write ISO 8601 such as 2026-11-23T10:15:30.123456Z");
        }
    }
}

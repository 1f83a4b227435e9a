package io.usageflow.forwarder.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.apache.kafka.common.config.ConfigException;

/**
 * Times as written on a command line: {@code 2026-11-23T14:00:00Z}, with an offset, a date (its beginning in
 * UTC), {@code now}, or an age such as {@code 2h}: that long ago. Pure.
 */
public final class MomentText {
    private MomentText() {}

    /**
     * Reads a time.
     *
     * @param name of the option, for the message
     * @throws ConfigException if the text is none of these; the message names the option and how to write it
     */
    public static Instant parse(String name, String text, Instant now) {
        String trimmed = text.strip();
        try {
            if (trimmed.equals("now")) {
                return now;
            }
            if (trimmed.matches("\\d{4}-\\d{2}-\\d{2}")) {
                return LocalDate.parse(trimmed).atStartOfDay(ZoneOffset.UTC).toInstant();
            }
            return trimmed.matches("\\d.*T.*")
                    ? OffsetDateTime.parse(trimmed).toInstant()
                    : now.minus(DurationText.parse(name, trimmed));
        } catch (DateTimeException | ArithmeticException | ConfigException malformed) {
            throw new ConfigException(
                    name + " is '" + text + "', which is not a time: write 2026-11-23T14:00:00Z, 2026-11-23, now, or"
                            + " an age such as 2h or 7d");
        }
    }
}

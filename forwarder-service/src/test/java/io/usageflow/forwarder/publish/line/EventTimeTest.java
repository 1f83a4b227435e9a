package io.usageflow.forwarder.publish.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.publish.line.EventTime.Form;
import io.usageflow.forwarder.publish.line.LineSource.BadLineException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Times that a file may hold. Siblings: a local time that exists twice or never is a bad line, with and without seconds,
 * in zones that change by an hour, by half of one, or by a day; an offset in the text always decides; an offset that the
 * named zone did not have is a bad line; a day is its beginning, also where midnight does not exist; numbers mean what the
 * mapping says. {@code --since} and {@code --until} take no local times at all ({@code MomentTextTest}).
 */
class EventTimeTest {
    @ParameterizedTest
    @CsvSource({
        "2026-10-25 01:59:59, Europe/Berlin, 2026-10-24T23:59:59Z",
        "2026-10-25 03:00:00, Europe/Berlin, 2026-10-25T02:00:00Z",
        "2026-10-25T02:30:00+02:00, Europe/Berlin, 2026-10-25T00:30:00Z",
        "2026-10-25 02:30:00 +01:00, Europe/Berlin, 2026-10-25T01:30:00Z",
        "2026-10-25T02:30:00+01:00[Europe/Berlin], UTC, 2026-10-25T01:30:00Z",
        "2026-10-25 02:30:00Z, Europe/Berlin, 2026-10-25T02:30:00Z",
        "2026-10-25 02:30:00 UTC, Europe/Berlin, 2026-10-25T02:30:00Z",
        "2026-10-25 02:30, UTC, 2026-10-25T02:30:00Z",
        "2026-10-25 02:30:00, +02:00, 2026-10-25T00:30:00Z",
    })
    void shouldReadATimeThatExistsOnce(String text, String zone, Instant time) throws Exception {
        assertThat(EventTime.parse(text, zone(zone))).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-10-25 02:00:00 | Europe/Berlin | exists twice in Europe/Berlin: 2026-10-25T00:00:00Z (+02:00) and 2026-10-25T01:00:00Z (+01:00)",
                "2026-10-25 02:59:59.999 | Europe/Berlin | exists twice",
                "2026-11-01 01:30 | America/New_York | exists twice in America/New_York: 2026-11-01T05:30:00Z (-04:00) and 2026-11-01T06:30:00Z (-05:00)",
                "2026-04-05 01:45:00 | Australia/Lord_Howe | exists twice",
                "2026-03-29 02:00:00 | Europe/Berlin | does not exist in Europe/Berlin: clocks went from 2026-03-29T02:00 to 2026-03-29T03:00",
                "2026-03-29 02:59:59 | Europe/Berlin | does not exist",
                "2026-03-08 02:30:00 | America/New_York | does not exist",
                "2026-10-04 02:15:00 | Australia/Lord_Howe | does not exist",
                "2011-12-30 12:00:00 | Pacific/Apia | does not exist",
                "2026-07-01T10:00:00+01:00[Europe/Berlin] | UTC | but Europe/Berlin had the offset +02:00 then",
                "2026-10-25T02:30:00+03:00[Europe/Berlin] | UTC | but Europe/Berlin had the offset",
                "2026-02-30 10:00:00 | UTC | write ISO 8601",
                "2026-11-23 24:00:00 | UTC | write ISO 8601",
                "2026-11-23 10:15:3 0 | UTC | write ISO 8601",
                "2026-11-23 | UTC | mapped as occurred_at=COLUMN:date",
                "1795737600 | UTC | mapped as occurred_at=COLUMN:epoch_seconds",
                "2026-11-23T10:00:00Z x | UTC | write ISO 8601",
            })
    void shouldNotGuess(String text, String zone, String problem) {
        assertThatThrownBy(() -> EventTime.parse(text, zone(zone)))
                .isInstanceOf(BadLineException.class)
                .hasMessageStartingWith("occurred_at is '" + text + "'")
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-27, DATE, UTC, 2026-11-27T00:00:00Z",
        "2026-11-27, DATE, Europe/Berlin, 2026-11-26T23:00:00Z",
        "2024-09-08, DATE, America/Santiago, 2024-09-08T04:00:00Z",
        "1795737600, EPOCH_SECONDS, UTC, 2026-11-27T00:00:00Z",
        "1795737600.123456, EPOCH_SECONDS, UTC, 2026-11-27T00:00:00.123456Z",
        "1795737600123, EPOCH_MILLIS, UTC, 2026-11-27T00:00:00.123Z",
        "1795737600123456, EPOCH_MICROS, UTC, 2026-11-27T00:00:00.123456Z",
        "-1, EPOCH_MILLIS, UTC, 1969-12-31T23:59:59.999Z",
    })
    void shouldReadWhatTheMappingSays(String text, Form form, String zone, Instant time) throws Exception {
        assertThat(EventTime.parse(text, form, zone(zone))).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-27T00:00:00Z, DATE",
        "2026-13-27, DATE",
        "1795737600s, EPOCH_SECONDS",
        "1e9, EPOCH_SECONDS",
        "0x10, EPOCH_MILLIS",
        "99999999999999999999, EPOCH_MICROS",
        "9999999999999999999, EPOCH_SECONDS",
    })
    void shouldRefuseWhatIsWrittenOtherwise(String text, Form form) {
        assertThatThrownBy(() -> EventTime.parse(text, form, zone("UTC")))
                .isInstanceOf(BadLineException.class)
                .hasMessageStartingWith("occurred_at is '" + text + "'");
    }

    @Test
    void shouldAskForTheZone() {
        assertThatThrownBy(() -> EventTime.parse("2026-11-23T10:15:30", Optional.empty()))
                .hasMessageContaining("which has no zone");
    }

    private static Optional<ZoneId> zone(String id) {
        return Optional.of(ZoneId.of(id));
    }
}

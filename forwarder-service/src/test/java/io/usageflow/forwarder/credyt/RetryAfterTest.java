package io.usageflow.forwarder.credyt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static Optional<Duration> asked(Map<String, String> headers) {
        return RetryAfter.of(new Answer.Response(429, headers, "", false), NOW);
    }

    private static Optional<Duration> asked(String retryAfter) {
        return asked(Map.of("retry-after", retryAfter));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7|7",
                "+7|7",
                "007|7",
                "0|0",
                "' 12\t'|12",
                "7.5|8",
                "7.|7",
                "7.000000001|8",
                "0.1|1",
                "7, 7|7",
                "7, 9|9",
                "9,7|9",
                "7,,|7",
                "7, Mon, 23 Nov 2026 10:00:30 GMT|30",
                "40, Monday, 23-Nov-26 10:00:30 GMT|40",
                "Mon, 23 Nov 2026 10:00:30 GMT|30",
                "mon, 23 nov 2026 10:00:30 gmt|30",
                "MON, 23 NOV 2026 10:00:30 GMT|30",
                "Sun, 23 Nov 2026 10:00:30 GMT|30",
                "Mon, 23 Nov 2026 10:00:30 UTC|30",
                "Mon, 23 Nov 2026 10:00:30 +0000|30",
                "Mon, 23 Nov 2026 10:00:60 GMT|59",
                "Tue, 1 Dec 2026 10:00:00 GMT|86400",
                "Monday, 23-Nov-26 10:00:30 GMT|30",
                "Monday, 23-Nov-2026 10:00:30 GMT|30",
                "Sunday, 06-Nov-94 08:49:37 GMT|0",
                "Mon Nov 23 10:00:30 2026|30",
                "Sun Nov  6 08:49:37 1994|0",
                "Mon, 23 Nov 2026 09:00:00 GMT|0",
                "Mon, 23 Nov 2026 10:00:30 GMT, Mon, 23 Nov 2026 10:00:10 GMT|30",
                "-3|0",
                "-999999999999999999999|0",
                "999999999999|86400",
                "999999999999999999999999999999|86400",
                "Mon, 23 Nov 9999 10:00:30 GMT|86400"
            })
    void shouldReadEveryForm(String header, long seconds) {
        assertThat(asked(header)).contains(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "soon",
                "7 seconds",
                "7s",
                "1e3",
                "0x10",
                "٣",
                "7;8",
                "3, soon",
                "Mon, 99 Nov 2026 10:00:30 GMT",
                "Mon, 23 Nov 2026 25:00:30 GMT",
                "Mon, 23 Nov 2026 10:00:30 EST",
                "Mon, 23 Nov 2026 10:00:30 +0100",
                "2026-11-23T10:00:30Z",
                "NaN",
                "--7"
            })
    void shouldWaitCautiouslyWhereAWaitWasAskedForAndNotUnderstood(String header) {
        assertThat(asked(header)).contains(Duration.ofSeconds(RetryAfter.NOT_UNDERSTOOD_SECONDS));
    }

    @Test
    void shouldStillWaitLongerWhereMoreWasUnderstood() {
        assertThat(asked("120, soon")).contains(Duration.ofMinutes(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void shouldTakeABlankHeaderForNone(String header) {
        assertThat(asked(header)).isEmpty();
    }

    @Test
    void shouldReadADateAgainstTheAnswersOwnClock() {
        Map<String, String> headers = new HashMap<>(
                Map.of("retry-after", "Mon Nov 23 12:00:05 2026", "date", "Mon, 23 Nov 2026 12:00:00 GMT"));
        assertThat(asked(headers)).contains(Duration.ofSeconds(5));
        headers.put("date", "rubbish");
        headers.put("retry-after", "Mon, 23 Nov 2026 10:00:30 GMT");
        assertThat(asked(headers)).contains(Duration.ofSeconds(30));
    }

    @Test
    void shouldRoundUpAgainstAClockBetweenTwoSeconds() {
        Optional<Duration> wait = RetryAfter.of(
                new Answer.Response(503, Map.of("retry-after", "Mon, 23 Nov 2026 10:00:30 GMT"), "", false),
                NOW.plusMillis(400));
        assertThat(wait).contains(Duration.ofSeconds(30));
    }

    @Test
    void shouldReadMillisecondsWhereThereIsNoOther() {
        assertThat(asked(Map.of("retry-after-ms", "1500"))).contains(Duration.ofMillis(1500));
        assertThat(asked(Map.of("retry-after-ms", "1500.2"))).contains(Duration.ofMillis(1501));
        assertThat(asked(Map.of("x-ms-retry-after-ms", "99999999999999999999"))).contains(Duration.ofDays(1));
        assertThat(asked(Map.of("retry-after", "2", "retry-after-ms", "1"))).contains(Duration.ofSeconds(2));
        assertThat(asked(Map.of("retry-after", " ", "retry-after-ms", "1"))).contains(Duration.ofMillis(1));
        assertThat(asked(Map.of("retry-after-ms", "-1"))).contains(Duration.ZERO);
        assertThat(asked(Map.of())).isEmpty();
    }
}

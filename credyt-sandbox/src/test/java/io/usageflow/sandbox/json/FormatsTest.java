package io.usageflow.sandbox.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers, ids and times as they look on the wire. */
class FormatsTest {
    @ParameterizedTest
    @CsvSource({"0.0000001, 0.0000001", "1E+3, 1000", "1E-9, 0.000000001", "998.50, 998.50", "100, 100"})
    void shouldWriteNumbersWithoutAnExponent(String number, String written) {
        byte[] json = Json.write(Json.object().put("a", new BigDecimal(number)));

        assertThat(new String(json, StandardCharsets.UTF_8)).isEqualTo("{\"a\":" + written + "}");
    }

    @ParameterizedTest
    @CsvSource({"1.500, 1.5", "1E+3, 1000", "0.000, 0", "-2.50, -2.5"})
    void shouldKeepNoZerosAtTheEnd(String number, String normal) {
        assertThat(Decimals.normal(new BigDecimal(number))).isEqualTo(new BigDecimal(normal));
    }

    @Test
    void shouldWriteSevenDigitsOfASecond() {
        assertThat(Times.write(Instant.parse("2026-01-31T12:00:00.123456789Z")))
                .isEqualTo("2026-01-31T12:00:00.1234567Z");
        assertThat(Times.write(Instant.parse("2026-01-31T12:00:00Z"))).isEqualTo("2026-01-31T12:00:00.0000000Z");
    }

    @ParameterizedTest
    @CsvSource({
        "0190aaaa-0000-7000-8000-000000000001, true",
        "0190AAAA-0000-7000-8000-000000000001, true",
        "0190aaaa-0000-7000-8000-00000000000g, false",
        "0190aaaa00007000-8000-0000000000010000, false",
        "1-1-1-1-1, false",
        "'', false"
    })
    void shouldKnowAUuid(String text, boolean uuid) {
        assertThat(Ids.isUuid(text)).isEqualTo(uuid);
    }

    @Test
    void shouldKeepIdsApartThatDifferInCaseOnly() {
        String lower = "0190aaaa-0000-7000-8000-000000000001";

        assertThat(Ids.compactKey(lower)).isEqualTo(UUID.fromString(lower));
        assertThat(Ids.compactKey(lower.toUpperCase(java.util.Locale.ROOT))).isNotEqualTo(Ids.compactKey(lower));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-02-28T23:59:59Z, true",
        "2026-02-29T00:00:00Z, false",
        "2024-02-29T00:00:00.1Z, true",
        "2026-12-31T24:00:00Z, false",
        "2026-04-30T00:00:00Z, true",
        "2026-04-31T00:00:00Z, false",
        "2026-01-32T00:00:00Z, false",
        "2026-13-01T00:00:00Z, false",
        "2026-00-01T00:00:00Z, false",
        "2026-01-00T00:00:00Z, false",
        "2026-01-01T00:60:00Z, false",
        "2026-01-01T00:00:00.123456789Z, true",
        "2026-01-01T00:00:00.1234567890Z, false",
        "2026-01-01T00:00:00.12x4Z, false",
        "2026-01-01T00:00:00+02:00, true",
        "2026-01-01T00:00:00, false",
        "2026-01-01 00:00:00Z, false",
        "2026-01-01, false"
    })
    void shouldKnowATime(String text, boolean time) {
        assertThat(Times.isIso(text)).isEqualTo(time);
    }
}

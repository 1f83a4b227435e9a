package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "0s, PT0S",
        "2s, PT2S",
        "15m, PT15M",
        "15M, PT15M",
        "1h, PT1H",
        "35d, PT840H",
        " 2 s , PT2S",
        "PT1M30S, PT1M30S",
        "P35D, PT840H"
    })
    void shouldReadWhatPeopleWrite(String text, String iso) {
        assertThat(DurationText.parse("some.key", text)).isEqualTo(Duration.parse(iso));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "2 weeks", "-2s", "PT-2S", "1.5s", "s", "999999999999999999d", "P99999999999999D"})
    void shouldNameKeyTextAndRemedyWhereItIsNoDuration(String text) {
        assertThatThrownBy(() -> DurationText.parse("some.key", text))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("some.key is '" + text + "', which is not a duration: write 500ms, 2s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0ms", "1ms", "500ms", "90s", "15m", "36h", "35d", "PT0.0005S"})
    void shouldReadBackWhatItWrites(String text) {
        Duration duration = DurationText.parse("some.key", text);

        assertThat(DurationText.parse("some.key", DurationText.write(duration))).isEqualTo(duration);
    }

    @Test
    void shouldWriteWholeUnits() {
        assertThat(DurationText.write(Duration.ofSeconds(90))).isEqualTo("90s");
        assertThat(DurationText.write(Duration.ofDays(2))).isEqualTo("2d");
        assertThat(DurationText.write(Duration.ZERO)).isEqualTo("0ms");
    }

    @Test
    void shouldHoldToInclusiveBounds() {
        var validator = DurationText.between(Duration.ofSeconds(1), Duration.ofHours(1));

        assertThatCode(() -> validator.ensureValid("some.key", "1s")).doesNotThrowAnyException();
        assertThatCode(() -> validator.ensureValid("some.key", "60m")).doesNotThrowAnyException();
        assertThatThrownBy(() -> validator.ensureValid("some.key", "999ms"))
                .hasMessage("some.key is '999ms': use a duration between 1s and 1h");
        assertThatThrownBy(() -> validator.ensureValid("some.key", "61m")).hasMessageContaining("between 1s and 1h");
        assertThatThrownBy(() -> validator.ensureValid("some.key", null)).hasMessageContaining("some.key is missing");
        assertThat(validator).hasToString("[1s,...,1h]");
    }
}

package io.usageflow.forwarder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentTextTest {
    private static final Instant NOW = Instant.parse("2026-11-23T14:30:00Z");

    @ParameterizedTest
    @CsvSource({
        "2026-11-23T14:00:00Z, 2026-11-23T14:00:00Z",
        "2026-11-23T14:00:00.5+01:00, 2026-11-23T13:00:00.5Z",
        "2026-11-23, 2026-11-23T00:00:00Z",
        "now, 2026-11-23T14:30:00Z",
        "2h, 2026-11-23T12:30:00Z",
        "7d, 2026-11-16T14:30:00Z",
        "PT15M, 2026-11-23T14:15:00Z"
    })
    void shouldReadWhatPeopleWrite(String text, Instant moment) {
        assertThat(MomentText.parse("--since", text, NOW)).isEqualTo(moment);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-13-01",
                "2026-11-23T25:00:00Z",
                "2026-11-23T14:00:00",
                "2026-10-25T02:30:00",
                "2026-11-23T14:00:00Z x",
                "2026-11-23Z",
                "2h 5m",
                "-2h",
                "999999999999999999d"
            })
    void shouldNameTheOptionAndTheRemedyOtherwise(String text) {
        assertThatThrownBy(() -> MomentText.parse("--since", text, NOW))
                .hasMessageStartingWith("--since is '" + text + "', which is not a time: write 2026-11-23T14:00:00Z");
    }
}

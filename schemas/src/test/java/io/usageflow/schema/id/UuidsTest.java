package io.usageflow.schema.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The version 5 ids are pinned: they are keys at Credyt, and a changed one bills an event twice. The expected values were
 * computed with another program (Python's hashlib, from the contract's words). They differ from RFC 9562's example
 * because each part is preceded by its length.
 */
class UuidsTest {
    private static final UUID DNS = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    @Test
    void shouldGiveThePinnedNames() {
        assertThat(Uuids.v5(DNS, "www.example.com")).hasToString("402aca09-285f-50f7-961d-0cce238c5bd5");
        assertThat(Uuids.v5(DNS)).hasToString("4ebd0208-8328-5d69-8c44-ec50939c0967");
        assertThat(Uuids.v5(DNS, "")).hasToString("9ff2c80d-0d05-5aee-936e-99c96c83ad21");
        assertThat(Uuids.v5(DNS, "a", "bc")).hasToString("14a7eee3-569b-5e24-8c54-d722a7f6a635");
        assertThat(Uuids.v5(DNS, "ab", "c")).hasToString("ac02e423-82c8-5db1-9b74-dba0ecb1cd52");
        assertThat(Uuids.v5(DNS, "ü")).hasToString("928ebbd2-3c1d-5c12-a6c2-8aef9ac66e3b");
    }

    @Test
    void shouldReadTheTimeOfTheRfcsExample() {
        // RFC 9562, appendix A.6: February 22, 2022 2:22:22.00 PM GMT-05:00.
        assertThat(Uuids.timeOf(UUID.fromString("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")))
                .hasValue(Instant.parse("2022-02-22T19:22:22Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "919108f7-52d1-4320-9bac-f847db4148a8", // version 4
                "2ed6657d-e927-568b-95e1-2665a8aea6a2", // version 5
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "017f22e2-79b0-7cc3-18c4-dc0c0c07398f" // version 7's digit, but not the RFC's variant
            })
    void shouldFindNoTimeInOtherIds(String id) {
        assertThat(Uuids.timeOf(UUID.fromString(id))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1-1-1-1-1",
                "017f22e279b07cc398c4dc0c0c07398f",
                "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
                " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
                "017f22e2-79b0-7cc39-8c4-dc0c0c07398f",
                "-17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
                "０17f22e2-79b0-7cc3-98c4-dc0c0c07398f"
            })
    void shouldTakeNothingLooser(String text) {
        assertThat(Uuids.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017F22E2-79B0-7CC3-98C4-DC0C0C07398F"})
    void shouldTakeEitherCase(String text) {
        assertThat(Uuids.parse(text)).isEqualTo(Optional.of(UUID.fromString("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")));
    }
}

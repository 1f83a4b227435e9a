package io.usageflow.forwarder.credyt;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventJsonReaderTest {
    private static final String ID = "6e0b9c0e-6f0e-4d3a-9a54-0c8d5a3b1c10";
    private static final String EVENT =
            "{\"id\":\"" + ID + "\",\"event_type\":\"a\",\"data\":{\"n\":1.5,\"t\":\"ü€😀\"}}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                EVENT,
                "{\"event_type\": \"a\", \"id\": \"" + ID + "\"}",
                "{\"\\u0069d\":\"" + ID + "\"}",
                "{\"id\":\"" + ID + "\",\"data\":{\"id\":\"another\"},\"costs\":[{\"id\":\"another\"}]}"
            })
    void shouldTakeAnObjectWithTheId(String event) {
        assertThat(EventJsonReader.flaw(event.getBytes(UTF_8), ID)).isEmpty();
    }

    /** As deep as {@link EventJson} takes the JSON of a value, and numbers longer than Jackson converts. */
    @Test
    void shouldTakeWhatEventJsonCanWrite() {
        String deep = "[".repeat(1_000) + "]".repeat(1_000);
        String event = "{\"id\":\"" + ID + "\",\"data\":{\"deep\":" + deep + ",\"long\":" + "9".repeat(5_000) + "}}";

        assertThat(EventJsonReader.flaw(event.getBytes(UTF_8), ID)).isEmpty();
    }

    static Stream<Arguments> flaws() {
        return Stream.of(
                Arguments.of("", "no JSON object in UTF-8"),
                Arguments.of("{", "no JSON object in UTF-8"),
                Arguments.of("null", "no JSON object in UTF-8"),
                Arguments.of("[" + EVENT + "]", "no JSON object in UTF-8"),
                Arguments.of("\ufeff" + EVENT, "no JSON object in UTF-8"),
                Arguments.of(" " + EVENT, "no JSON object in UTF-8"),
                Arguments.of("{}", "it has 0 ids"),
                Arguments.of("{\"data\":{\"id\":\"" + ID + "\"}}", "it has 0 ids"),
                Arguments.of(EVENT.replace(ID, "6e0b9c0e-6f0e-4d3a-9a54-0c8d5a3b1c11"), "its id is not " + ID),
                Arguments.of("{\"id\":7}", "its id is not " + ID),
                Arguments.of("{\"id\":[\"" + ID + "\"]}", "its id is not " + ID),
                Arguments.of(EVENT.replace("}}", "},\"id\":\"another\"}"), "its id is not " + ID),
                Arguments.of(EVENT.replace("}}", "},\"id\":\"" + ID + "\"}"), "it has 2 ids"),
                Arguments.of(EVENT + "," + EVENT, "no JSON object: "),
                Arguments.of(EVENT + EVENT, "text after its end"),
                Arguments.of(EVENT + "]}", "no JSON object: "),
                Arguments.of(EVENT.replace("1.5", "NaN"), "no JSON object: "),
                Arguments.of("{\"id\":\"" + ID + "\",\"d\":" + "[".repeat(100_000), "no JSON object: "));
    }

    @ParameterizedTest
    @MethodSource("flaws")
    void shouldNameTheFlaw(String event, String flaw) {
        assertThat(EventJsonReader.flaw(event.getBytes(UTF_8), ID))
                .hasValueSatisfying(said -> assertThat(said).contains(flaw));
    }

    @Test
    void shouldRefuseEveryTruncatedEvent() {
        byte[] event = EVENT.getBytes(UTF_8);

        for (int length = 0; length < event.length; length++) {
            assertThat(EventJsonReader.flaw(Arrays.copyOf(event, length), ID))
                    .as("the first %s bytes", length)
                    .isPresent();
        }
    }

    @Test
    void shouldRefuseOtherEncodings() {
        byte[] overlong = EVENT.getBytes(UTF_8);
        int at = EVENT.substring(0, EVENT.indexOf('ü')).getBytes(UTF_8).length;
        overlong[at] = (byte) 0xc0;
        overlong[at + 1] = (byte) 0x80;
        byte[] cut = EVENT.getBytes(UTF_8);
        cut[at + 1] = 'x';

        assertThat(EventJsonReader.flaw(overlong, ID)).isPresent();
        assertThat(EventJsonReader.flaw(cut, ID)).isPresent();
        assertThat(EventJsonReader.flaw(EVENT.getBytes(UTF_16LE), ID)).isPresent();
    }
}

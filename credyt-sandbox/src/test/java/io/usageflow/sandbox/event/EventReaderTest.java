package io.usageflow.sandbox.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.sandbox.behaviour.ValidationRules;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {
    private static final String EVENT = """
            {"id": "0190aaaa-0000-7000-8000-000000000001", "event_type": "x", "occurred_at": "2026-01-31T12:00:00Z",
             "data": {"text": "größer \\u00e9 😀 }]", "n": 1.50}}""";

    private static Submission.Batch read(byte[] body) {
        return new EventReader(ValidationRules.DEFAULT)
                .read(body)
                .match(
                        batch -> batch,
                        malformed -> {
                            throw new AssertionError(malformed.detail());
                        },
                        invalid -> {
                            throw new AssertionError(invalid.errors().byPath());
                        });
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldKeepTheBytesOfEachEventAsTheyCame() {
        String second = EVENT.replace("01\"", "02\"").replace("\n", "\r\n\t");

        Submission.Batch batch =
                read(utf8("{ \"events\" : [ " + EVENT + " ,\n" + second + " ], \"customer_id\": \"cust_1\" }"));

        assertThat(batch.customer()).isEqualTo(new Submission.CustomerReference(false, "cust_1"));
        assertThat(batch.events()).hasSize(2);
        assertThat(new String(batch.events().get(0).raw(), StandardCharsets.UTF_8))
                .isEqualTo(EVENT);
        assertThat(new String(batch.events().get(1).raw(), StandardCharsets.UTF_8))
                .isEqualTo(second);
    }

    @Test
    void shouldReadWhatIsAroundTheEventsInAnyOrder() {
        Submission.Batch before = read(utf8("{\"customer_external_id\": \"ü\", \"events\": [" + EVENT + "]}"));
        Submission.Batch after =
                read(utf8("{\"events\": [" + EVENT + "], \"x\": [{}], \"customer_external_id\": \"ü\"}"));

        assertThat(after.customer())
                .isEqualTo(before.customer())
                .isEqualTo(new Submission.CustomerReference(true, "ü"));
        assertThat(after.events().get(0).raw()).isEqualTo(before.events().get(0).raw());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-31T12:00:00Z",
                "2026-01-31T12:00:00.1Z",
                "2026-01-31T12:00:00.123456789Z",
                "2026-01-31T12:00:00+01:00"
            })
    void shouldTakeTimesWithNoneToNineDigits(String time) {
        Submission.Batch batch = read(
                utf8("{\"customer_id\": \"c\", \"events\": [" + EVENT.replace("2026-01-31T12:00:00Z", time) + "]}"));

        assertThat(batch.events().get(0).errors().byPath()).isEmpty();
    }

    @Test
    void shouldNotReadAnotherEncoding() {
        String body = "{\"customer_id\": \"c\", \"events\": [" + EVENT + "]}";

        Submission submission = new EventReader(ValidationRules.DEFAULT).read(body.getBytes(StandardCharsets.UTF_16));

        assertThat(submission).isInstanceOf(Submission.Malformed.class);
    }

    @Test
    void shouldNotQuoteTheBodyInItsComplaint() {
        Submission submission =
                new EventReader(ValidationRules.DEFAULT).read(utf8("{\"customer_id\": \"secret\", \"events\": [tru]}"));

        assertThat(submission)
                .isInstanceOfSatisfying(Submission.Malformed.class, malformed -> assertThat(malformed.detail())
                        .doesNotContain("secret"));
    }
}

package io.usageflow.forwarder.credyt.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.ExpectedBody;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an answer says of an event: above all, when it says that the event is missing. */
class ParsedResponseTest {
    private static ParsedResponse parsed(int status, String type, String body) {
        return ParsedResponse.of(
                new Answer.Response(status, Map.of("content-type", type), body, false),
                ExpectedBody.event("e-1"),
                Instant.EPOCH);
    }

    private static ParsedResponse json(int status, String body) {
        return parsed(status, "application/json", body);
    }

    @Test
    void shouldTakeOnlyAPlainNotFoundForAbsence() {
        assertThat(json(404, "{\"title\":\"Not Found\"}"))
                .isEqualTo(new ParsedResponse.Answered(new QueryResult.Absent()));
        assertThat(json(404, "")).isEqualTo(new ParsedResponse.Answered(new QueryResult.Absent()));
        assertThat(json(410, "")).isEqualTo(new ParsedResponse.Answered(new QueryResult.Absent()));
        assertUnanswered(parsed(404, "text/html", "<html>nothing here"), "web page");
        assertUnanswered(parsed(404, "text/plain", "<!doctype html>"), "web page");
        assertUnanswered(json(400, ""), "HTTP 400");
        assertUnanswered(json(302, ""), "HTTP 302");
    }

    @Test
    void shouldReadTheEvent() {
        assertThat(json(200, "{\"id\":\"E-1\",\"fees\":[{\"amount\":1}]}"))
                .isInstanceOfSatisfying(ParsedResponse.Answered.class, answered -> assertThat(answered.result())
                        .isInstanceOfSatisfying(QueryResult.Found.class, found -> assertThat(found.hasFees())
                                .isTrue()));
        assertUnanswered(json(200, ""), "without an event");
        assertUnanswered(json(200, "[]"), "without an event");
        assertUnanswered(json(200, "{\"id\":"), "not JSON");
        assertUnanswered(json(200, "{\"id\":\"other\"}"), "about another event, other");
        assertUnanswered(
                ParsedResponse.of(
                        new Answer.Response(200, Map.of(), "{\"id\":\"e-1\"}", true),
                        ExpectedBody.event("e-1"),
                        Instant.EPOCH),
                "too long or broken");
        assertUnanswered(
                ParsedResponse.of(
                        new Answer.Response(404, Map.of(), "", true), ExpectedBody.event("e-1"), Instant.EPOCH),
                "broken");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
    void shouldAskAgainLater(int status) {
        ParsedResponse parsed = ParsedResponse.of(
                new Answer.Response(status, Map.of("retry-after", "7"), "", false),
                ExpectedBody.event("e-1"),
                Instant.EPOCH);

        assertThat(parsed).isInstanceOfSatisfying(ParsedResponse.RetryLater.class, retryLater -> {
            assertThat(retryLater.notBefore()).contains(Duration.ofSeconds(7));
            assertThat(retryLater.overload()).isEqualTo(status == 429 || status == 503);
        });
    }

    @Test
    void shouldAskAgainWhereNobodyAnswered() {
        assertThat(ParsedResponse.of(
                        new Answer.Failure(true, "no complete answer in time"),
                        ExpectedBody.event("e-1"),
                        Instant.EPOCH))
                .isEqualTo(new ParsedResponse.RetryLater("no complete answer in time", Optional.empty(), false));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void shouldNotGoOnWithoutARight(int status) {
        assertThat(json(status, "")).isInstanceOf(ParsedResponse.Refused.class);
    }

    private static void assertUnanswered(ParsedResponse parsed, String why) {
        assertThat(parsed)
                .isInstanceOfSatisfying(ParsedResponse.Answered.class, answered -> assertThat(answered.result())
                        .isInstanceOfSatisfying(QueryResult.Unanswered.class, unanswered -> assertThat(unanswered.why())
                                .contains(why)));
    }
}

package io.usageflow.forwarder.delivery.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.credyt.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever answers: no event is settled without evidence, and none condemned without Credyt's word (decision 15). Bodies come
 * with a label that says what they prove, and stand under any status and content type, whole or not; others are grown at random.
 *
 * <p>How the body became text, in whatever content coding and charset, is {@code ResponseBodyTest}'s: what was not understood is
 * not complete.
 */
class AnswerEvidenceProperties {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final List<String> IDS =
            List.of("0190c2a4-5b1e-7c3d-8f00-000000000001", "0190c2a4-5b1e-7c3d-8f00-000000000002", "id-3");
    private static final Set<Integer> CONDEMNING = Set.of(400, 413, 422);
    private static final Set<String> JSON_TYPES =
            Set.of("application/json", "application/problem+json", "application/json; charset=utf-8");

    /**
     * @param silent says nothing of any event, so that a 2xx settles
     * @param problem a problem of Credyt's by its shape, which can condemn
     */
    private record Body(String text, boolean silent, boolean problem) {}

    private static Body silent(String text) {
        return new Body(text, true, false);
    }

    private static Body problem(String text) {
        return new Body(text, false, true);
    }

    private static Body nothing(String text) {
        return new Body(text, false, false);
    }

    private static final List<Body> BODIES = List.of(
            silent(""),
            silent("{}"),
            silent("[]"),
            silent("null"),
            silent("{\"items\":[]}"),
            silent("{\"request_id\":\"r-1\"}"),
            problem("{\"errors\":{\"events[0].id\":[\"already exists\"]}}"),
            problem("{\"title\":\"x\",\"errors\":[{\"id\":\"" + IDS.get(0) + "\",\"code\":\"already_exists\"}]}"),
            problem("{\"title\":\"Conflict\",\"detail\":\"The event already exists\"}"),
            problem("{\"title\":\"Conflict\"}"),
            problem("{\"title\":\"Conflict\",\"detail\":\"modified by another operation\"}"),
            problem("{\"errors\":{\"events[0].data\":[\"bad\"]}}"),
            problem("{\"errors\":{\"events[0].id\":[\"is not a UUID\"]}}"),
            problem("{\"errors\":{\"events[0].subject\":[\"'event already exists' is too long\"]}}"),
            problem("{\"detail\":\"the description 'the customer has been processed' is too long\"}"),
            nothing("{\"errors\":[{\"id\":\"" + IDS.get(0) + "\",\"message\":\"already exists\"}]}"),
            nothing("{\"status\":\"queued\"}"),
            nothing("{\"results\":[{\"id\":\"" + IDS.get(0) + "\",\"status\":422}]}"),
            nothing("[{\"id\":\"" + IDS.get(0) + "\",\"status\":\"rejected\",\"errors\":{\"data\":[\"bad\"]}}]"),
            nothing("<html>409 the event already exists</html>"),
            nothing("<D:multistatus xmlns:D=\"DAV:\"><D:status>HTTP/1.1 423 Locked</D:status></D:multistatus>"),
            nothing("event already exists"),
            nothing("{\"message\":\"event already exists, was ignored\"}"),
            nothing("{\"error\":\"already exists\"}"),
            nothing("{\"status\":\"ignored\"}"),
            nothing("{\"status\":\"conflict\"}"),
            nothing("{\"results\":[{\"id\":\"" + IDS.get(0) + "\",\"status\":\"ignored\"}]}"),
            nothing("{\"results\":[{\"id\":\"" + IDS.get(0) + "\",\"status\":409}]}"),
            nothing("{\"results\":[{\"id\":\"" + IDS.get(0) + "\",\"publishing_status\":\"failed\"}]}"),
            nothing("{\"failed\":[\"" + IDS.get(0) + "\"]}"),
            nothing("{\"held_back\":[\"" + IDS.get(0) + "\"]}"),
            nothing("{\"failed_count\":3}"),
            nothing("{\"accepted\":0}"),
            nothing("{} {\"status\":\"failed\"}"),
            nothing("{\"results\":[{\"id\":\"" + IDS.get(0) + "\",\"status\""));

    @Provide
    Arbitrary<Body> bodies() {
        return Arbitraries.of(BODIES);
    }

    @Provide
    Arbitrary<Integer> statuses() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(100, 599), Arbitraries.of(200, 201, 202, 207, 400, 404, 409, 413, 422));
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.oneOf(
                Arbitraries.of(JSON_TYPES.toArray(String[]::new)),
                Arbitraries.of("", "text/html", "text/plain", "application/xml", "application/octet-stream", "json"));
    }

    private static Outcome classify(int status, String type, String body, boolean incomplete, int size) {
        return AnswerClassifier.classify(
                new Answer.Response(status, Map.of("content-type", type), body, incomplete), IDS.subList(0, size), NOW);
    }

    @Property(tries = 20_000)
    void shouldSettleNothingWithoutEvidence(
            @ForAll("statuses") int status,
            @ForAll("types") String type,
            @ForAll("bodies") Body body,
            @ForAll boolean incomplete,
            @ForAll("sizes") int size) {
        boolean success = status >= 200 && status < 300;
        if (!success || incomplete || !(body.silent() || status == 204)) {
            assertThat(classify(status, type, body.text(), incomplete, size))
                    .as("%s %s %s", status, type, body)
                    .isNotInstanceOf(Outcome.Accepted.class);
        }
    }

    @Provide
    Arbitrary<Integer> sizes() {
        return Arbitraries.of(1, 3);
    }

    /** A batch kills none: only a single event is condemned. */
    @Property(tries = 20_000)
    void shouldCondemnNothingWithoutCredytsWord(
            @ForAll("statuses") int status,
            @ForAll("types") String type,
            @ForAll("bodies") Body body,
            @ForAll boolean incomplete) {
        Outcome outcome = classify(status, type, body.text(), incomplete, 1);

        if (outcome instanceof Outcome.Refused) {
            assertThat(incomplete).isFalse();
            assertThat(JSON_TYPES).contains(type);
            assertThat(CONDEMNING.contains(status) && body.problem())
                    .as("%s %s", status, body)
                    .isTrue();
        }
    }

    @Property(tries = 5_000)
    void shouldHoldEveryOther4xx(
            @ForAll("statuses") int status, @ForAll("types") String type, @ForAll("bodies") Body body) {
        if (status >= 400 && status < 500 && status != 409 && !CONDEMNING.contains(status)) {
            assertThat(classify(status, type, body.text(), false, 1))
                    .isInstanceOfAny(
                            Outcome.Retry.class,
                            Outcome.Halt.class,
                            Outcome.CustomerTrouble.class,
                            Outcome.NoFunds.class);
        }
    }

    /** Trees of the names and words that answers are made of: an undocumented word of an event never settles it. */
    @Property(tries = 20_000)
    void shouldNeverSettleAnEventOfWhichAnUndocumentedWordIsSaid(
            @ForAll("wrappers") String wrapper, @ForAll("items") String item, @ForAll("statuses2xx") int status) {
        String body = wrapper.replace("ITEM", item);
        for (int size : new int[] {1, 3}) {
            assertThat(classify(status, "application/json", body, false, size))
                    .as(body)
                    .isInstanceOfSatisfying(Outcome.Unclear.class, unclear -> assertThat(unclear.reason())
                            .isEqualTo(Outcome.UnclearReason.UNDOCUMENTED));
        }
    }

    @Provide
    Arbitrary<Integer> statuses2xx() {
        return Arbitraries.of(200, 201, 202, 203, 206, 207, 208, 226);
    }

    @Provide
    Arbitrary<String> wrappers() {
        return Arbitraries.of(
                "{\"results\":[ITEM]}",
                "[ITEM]",
                "{\"data\":[ITEM]}",
                "{\"data\":{\"results\":[ITEM]}}",
                "{\"items\":[ITEM]}",
                "{\"events\":[{},ITEM]}",
                "{\"whatever\":[ITEM]}",
                "{\"deep\":{\"deeper\":[[ITEM]]}}",
                "{\"results\":{\"" + IDS.get(0) + "\":ITEM}}",
                "{\"accepted\":[ITEM]}",
                "{\"errors\":[ITEM]}",
                "ITEM");
    }

    @Provide
    Arbitrary<String> items() {
        Arbitrary<String> name = Arbitraries.oneOf(
                Arbitraries.of("status", "state", "outcome", "publishing_status", "http_status", "success", "error"),
                Arbitraries.strings().alpha().ofMinLength(8).ofMaxLength(12));
        Arbitrary<String> word = Arbitraries.oneOf(
                Arbitraries.of("ignored", "conflict", "known", "duplicate", "failed", "accepted", "ok", "", "2xx"),
                Arbitraries.strings().alpha().ofMinLength(3).ofMaxLength(12),
                Arbitraries.integers().between(100, 599).map(String::valueOf));
        Arbitrary<String> more =
                Arbitraries.of("", ",\"created_at\":\"2026-11-23T10:00:00Z\"", ",\"event_type\":\"t\",\"data\":{}");
        return Combinators.combine(name, word, more)
                .as((field, text, rest) ->
                        "{\"id\":\"" + IDS.get(0) + "\",\"" + field + "\":\"" + text + "\"" + rest + "}");
    }
}

package io.usageflow.forwarder.delivery.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.answer.Outcome.Accepted;
import io.usageflow.forwarder.delivery.answer.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.ItemResult;
import io.usageflow.forwarder.delivery.answer.Outcome.NoFunds;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Partial;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.answer.Outcome.TooLarge;
import io.usageflow.forwarder.delivery.answer.Outcome.Unclear;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerClassifierTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private static List<String> ids(int size) {
        return IntStream.range(0, size).mapToObj(i -> "id-" + i).toList();
    }

    private static Outcome classify(int status, int size, String body, Map<String, String> headers) {
        return AnswerClassifier.classify(new Answer.Response(status, headers, body, false), ids(size), NOW);
    }

    private static Outcome classify(int status, int size, String body) {
        return classify(status, size, body, Map.of("content-type", "application/json"));
    }

    @ParameterizedTest
    @CsvSource({
        "200,''",
        "201,''",
        "202,''",
        "204,''",
        "200,{}",
        "202,[]",
        "200,{\"items\":[]}",
        "201,{\"errors\":[]}",
        "200,{\"errors\":{}}",
        "200,null",
        "202,{\"status\":\"queued\"}",
        "200,{\"failed_count\":0}",
        "203,{}",
        "206,{}",
        "207,[]",
        "299,''",
        "202,{\"error\":null}",
        "202,{\"success\":true}",
        "202,{\"accepted\":3}",
        "202,{\"accepted\":1;\"duplicates\":2}",
        "200,{\"data\":{\"status\":\"ok\"}}",
        "200,{\"status\":202}",
        "200,{\"unknown\":{\"page\":1}}",
        "200,{\"request_id\":\"r-1\";\"links\":[\"/events\"]}",
        "200,{\"message\":\"no errors\"}"
    })
    void shouldTakeSuccessInAnyShapeForAccepted(int status, String body) {
        assertThat(classify(status, 3, body.replace(';', ','))).isEqualTo(new Accepted(status, Set.of()));
    }

    static Stream<Arguments> itemResults() {
        return Stream.of(
                arguments(
                        "{\"results\":[{\"id\":\"id-0\",\"status\":202},{\"id\":\"id-1\",\"status\":422}]}",
                        Map.of(1, ItemResult.SUSPECT, 2, ItemResult.UNCLEAR)),
                arguments(
                        "[{\"status\":\"accepted\"},{\"status\":\"failed\"},{\"status\":\"accepted\"}]",
                        Map.of(1, ItemResult.SUSPECT)),
                arguments("{\"results\":[{\"index\":2,\"success\":false}]}", Map.of(2, ItemResult.SUSPECT)),
                arguments("{\"errors\":{\"events[1].data\":[\"bad\"]}}", Map.of(1, ItemResult.SUSPECT)),
                arguments("{\"failed\":[\"id-2\"]}", Map.of(2, ItemResult.SUSPECT)),
                arguments("{\"data\":{\"failed\":[{\"id\":\"id-2\"}]}}", Map.of(2, ItemResult.SUSPECT)),
                arguments("{\"result\":{\"results\":[{\"index\":0,\"ok\":false}]}}", Map.of(0, ItemResult.SUSPECT)),
                arguments("{\"results\":{\"id-1\":{\"status\":\"rejected\"}}}", Map.of(1, ItemResult.SUSPECT)),
                arguments("{\"results\":{\"id-1\":{\"statusCode\":503}}}", Map.of(1, ItemResult.LATER)),
                arguments("[{},{\"state\":\"throttled\"},{}]", Map.of(1, ItemResult.LATER)),
                arguments(
                        "[{\"eid\":\"id-0\",\"publishing_status\":\"submitted\",\"step\":\"none\"},"
                                + "{\"eid\":\"id-1\",\"publishing_status\":\"failed\",\"detail\":\"wrong type\"},"
                                + "{\"eid\":\"id-2\",\"publishing_status\":\"aborted\"}]",
                        Map.of(1, ItemResult.SUSPECT, 2, ItemResult.UNCLEAR)),
                arguments("{\"pending\":[\"id-1\"]}", Map.of(1, ItemResult.UNCLEAR)),
                arguments("{\"ignored\":{\"id-1\":\"why\"}}", Map.of(1, ItemResult.UNCLEAR)),
                arguments("[{},{\"status\":\"ok\",\"state\":\"weird\"},{}]", Map.of(1, ItemResult.UNCLEAR)),
                arguments("[{},{\"status\":\"ok\",\"note\":\"was dropped\"},{}]", Map.of(1, ItemResult.UNCLEAR)),
                arguments("[{},{\"disposition\":\"weird\"},{}]", Map.of(1, ItemResult.UNCLEAR)),
                arguments("{\"accepted\":[\"id-0\",\"id-2\"]}", Map.of(1, ItemResult.UNCLEAR)),
                arguments("[{\"id\":\"id-0\"},{\"id\":\"id-2\"}]", Map.of(1, ItemResult.UNCLEAR)),
                arguments(
                        "[{},{\"status\":\"422\"},{\"duplicate\":true}]",
                        Map.of(1, ItemResult.SUSPECT, 2, ItemResult.KNOWN)),
                arguments("{\"errors\":{\"Events[1].Id\":[\"already exists\"]}}", Map.of(1, ItemResult.SUSPECT)),
                arguments(
                        "{\"errors\":{\"id-1\":[\"already exists\"],\"id-2\":\"bad\"}}",
                        Map.of(1, ItemResult.SUSPECT, 2, ItemResult.SUSPECT)),
                arguments(
                        "{\"errors\":[{\"event_id\":\"id-0\",\"message\":\"bad amount\"}]}",
                        Map.of(0, ItemResult.SUSPECT)),
                arguments(
                        "{\"results\":[{\"id\":\"id-0\",\"status\":503},{\"id\":\"id-1\",\"status\":429}]}",
                        Map.of(0, ItemResult.LATER, 1, ItemResult.LATER)),
                arguments(
                        "[{\"id\":\"id-0\",\"status\":409,\"error\":{\"code\":\"already_exists\"}},{},"
                                + "{\"id\":\"id-2\",\"status\":409,\"error\":\"modified by another operation\"}]",
                        Map.of(0, ItemResult.KNOWN, 2, ItemResult.UNCLEAR)),
                arguments(
                        "{\"results\":[{\"id\":\"id-0\",\"status\":409},{\"id\":\"id-1\",\"status\":422}]}",
                        Map.of(0, ItemResult.UNCLEAR, 1, ItemResult.SUSPECT)));
    }

    @ParameterizedTest
    @MethodSource("itemResults")
    void shouldHonourPerItemFailuresInASuccess(String body, Map<Integer, ItemResult> expected) {
        Map<Integer, ItemResult> results =
                new java.util.HashMap<>(Map.of(0, ItemResult.ACCEPTED, 1, ItemResult.ACCEPTED, 2, ItemResult.ACCEPTED));
        results.putAll(expected);
        assertThat(classify(200, 3, body))
                .isInstanceOfSatisfying(
                        Partial.class, divided -> assertThat(divided.results()).isEqualTo(results));
    }

    @Test
    void shouldNotTakeTheProducersOwnDataForAVerdict() {
        for (String event : List.of(
                "{\"id\":\"id-0\",\"event_type\":\"job_ended\",\"data\":{\"status\":\"failed\",\"error\":\"oom\"}}",
                "{\"id\":\"evt_1\",\"event_type\":\"job_ended\",\"data\":{\"success\":false,\"errors\":[\"x\"],\"rejected\":1}}")) {
            assertThat(classify(201, 1, event)).isEqualTo(new Accepted(201, Set.of()));
            assertThat(classify(201, 1, "[" + event + "]")).isEqualTo(new Accepted(201, Set.of()));
            assertThat(classify(201, 1, "{\"events\":[" + event + "]}")).isEqualTo(new Accepted(201, Set.of()));
        }
    }

    @Test
    void shouldCountMarkedDuplicatesInASuccess() {
        assertThat(
                        classify(
                                200,
                                2,
                                "{\"results\":[{\"id\":\"id-0\",\"status\":\"duplicate\"},{\"id\":\"id-1\",\"status\":\"ok\"}]}"))
                .isEqualTo(new Accepted(200, Set.of(0)));
    }

    @Test
    void shouldAskWhereAFailureHasNoPlaceOrAWordIsUnknown() {
        for (String body : List.of(
                "{\"failed_count\":1}",
                "{\"errors\":[{\"message\":\"one is bad\"}]}",
                "{\"error\":\"internal\"}",
                "{\"success\":false}",
                "{\"status\":false}",
                "{\"status\":\"failed\"}",
                "{\"status\":\"ignored\"}",
                "{\"status\":\"conflict\"}",
                "{\"status\":\"partial\"}",
                "{\"state\":\"weird\"}",
                "{\"status\":422}",
                "{\"title\":\"One or more validation errors occurred.\"}",
                "{\"message\":\"2 of 3 events were dropped\"}",
                "{\"unknown\":{\"status\":\"failed\"}}",
                "{\"unknown\":[{\"deep\":{\"reason\":\"skipped\"}}]}",
                "{\"ignored\":[0]}",
                "{\"skippedEvents\":2}",
                "{\"conflicts\":[{\"index\":0}]}",
                "{\"data\":{\"ok\":false}}",
                "{\"accepted\":0}",
                "{\"accepted\":0,\"ignored\":3}",
                "{\"rejected\":1}",
                "{\"id\":\"req-1\",\"data\":{\"failed\":[\"x\"]}}",
                "{\"errors\":[\"bad\"]}",
                "true",
                "17",
                "\"ignored\"")) {
            assertThat(classify(202, 1, body)).as(body).isInstanceOf(Unclear.class);
            assertThat(classify(202, 3, body)).as(body).isInstanceOf(Unclear.class);
            assertThat(classify(207, 3, body)).as(body).isInstanceOf(Unclear.class);
        }
        assertThat(classify(202, 3, "{\"accepted\":2}")).isInstanceOf(Unclear.class);
        assertThat(classify(202, 3, "{\"accepted\":1,\"duplicates\":1}")).isInstanceOf(Unclear.class);
        for (String body : List.of(
                "{\"results\":[{\"id\":\"id-0\",\"status\":\"ignored\"}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":\"failed\"}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":409}]}",
                "{\"results\":[{\"index\":0,\"status\":422}]}",
                "{\"failed\":[\"id-0\"]}",
                "{\"errors\":{\"events[0].data\":[\"already exists\"]}}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":\"ok\"},{\"id\":\"id-0\",\"status\":\"failed\"}]}")) {
            assertThat(classify(200, 1, body)).as(body).isInstanceOf(Unclear.class);
        }
    }

    @Test
    void shouldReadWhatA2xxSaysOfTheWholeOrOfASingleEvent() {
        assertThat(classify(202, 1, "{\"status\":503}")).isInstanceOf(Retry.class);
        assertThat(classify(202, 2, "{\"status\":503}"))
                .isEqualTo(new Partial(202, Map.of(0, ItemResult.LATER, 1, ItemResult.LATER), ""));
        assertThat(classify(202, 1, "{\"status\":\"duplicate\"}")).isEqualTo(new Accepted(202, Set.of(0)));
        assertThat(classify(200, 1, "{\"errors\":{\"events[0].id\":[\"already exists\"]}}"))
                .isEqualTo(new Accepted(200, Set.of(0)));
        assertThat(classify(200, 1, "{\"results\":[{\"id\":\"id-0\",\"status\":422}]}"))
                .isInstanceOf(Refused.class);
        assertThat(classify(200, 1, "{\"results\":[{\"id\":\"id-0\",\"status\":\"rejected\"}]}"))
                .isInstanceOf(Refused.class);
        assertThat(classify(200, 1, "{\"results\":[{\"id\":\"id-0\",\"status\":503}]}"))
                .isInstanceOf(Retry.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accepted", "OK", "accepted.\r\n", "Created", "queued"})
    void shouldTakeAWordOfSuccessAsPlainTextForNoMoreThanAnEmptyBody(String body) {
        assertThat(classify(202, 3, body, Map.of("content-type", "text/plain; charset=utf-8")))
                .isEqualTo(new Accepted(202, Set.of()));
        assertThat(classify(202, 3, body)).as("it is called JSON").isInstanceOf(Unclear.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Welcome", "not accepted", "ignored", "Accepted 2 of 3", "default backend - 404"})
    void shouldAskWhatAnotherTextMeans(String body) {
        assertThat(classify(202, 3, body, Map.of("content-type", "text/plain"))).isInstanceOf(Unclear.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html><body>Welcome</body></html>",
                "  <!DOCTYPE html>",
                "<?xml version=\"1.0\"?><D:multistatus xmlns:D=\"DAV:\"/>",
                "OK",
                "{\"results\":[{\"id\":",
                "{\"a\":1",
                "{} {\"status\":\"failed\"}",
                "{\"status\":\"failed\",\"status\":\"ok\"}"
            })
    void shouldAskWhatASuccessWithoutJsonMeans(String body) {
        for (int size : new int[] {1, 3}) {
            assertThat(classify(200, size, body))
                    .isInstanceOfSatisfying(Unclear.class, unclear -> assertThat(unclear.fromCredyt())
                            .isFalse());
            assertThat(classify(207, size, body, Map.of("content-type", "text/html")))
                    .isInstanceOf(Unclear.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"results\":["})
    void shouldNotTakeAnAnswerThatIsNotCompleteForAccepted(String body) {
        for (int size : new int[] {1, 3}) {
            var cut = new Answer.Response(202, Map.of(), body, true);
            assertThat(AnswerClassifier.classify(cut, ids(size), NOW)).isInstanceOf(Unclear.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$.Events[1].Costs[0].Amount",
                "Events[1]",
                "events/1",
                "$['events'][1]['id']",
                "body.events[1].id",
                "events[1].id",
                "events.1.id",
                "Events[1].Id",
                "$.events[1].id",
                "/events/1/id",
                "[1].id",
                "event[1]",
                "$.Events[1].OccurredAt",
                "events[1].costs[0].amount",
                "#/events/1/data",
                "events['1'].id"
            })
    void shouldReadTheIndexInEveryNotation(String key) {
        assertThat(classify(422, 3, "{\"errors\":{\"" + key + "\":[\"is wrong\"]}}"))
                .isEqualTo(new Partial(422, Map.of(1, ItemResult.SUSPECT), ""));
        assertThat(classify(400, 3, "{\"errors\":{\"" + key + "\":\"is wrong\"}}"))
                .isEqualTo(new Partial(400, Map.of(1, ItemResult.SUSPECT), ""));
        assertThat(classify(422, 3, "{\"errors\":[{\"field\":\"" + key + "\",\"message\":\"is wrong\"}]}"))
                .isEqualTo(new Partial(422, Map.of(1, ItemResult.SUSPECT), ""));
    }

    @Test
    void shouldIgnoreAnIndexThatIsNotInTheRequest() {
        assertThat(classify(422, 3, "{\"errors\":{\"events[7].id\":\"is wrong\"}}"))
                .isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"title\":\"Unprocessable\"}",
                "{\"detail\":\"no\",\"status\":422}",
                "{\"errors\":{\"foo\":[\"bar\"]}}"
            })
    void shouldLeaveItOpenWhoIsMeantWhereNothingIsNamed(String body) {
        Outcome outcome = classify(422, 5, body);
        assertThat(outcome).isInstanceOf(Refused.class);
        assertThat(((Refused) outcome).customerPossible()).isTrue();
        assertThat(((Refused) outcome).refusalKind()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"occurred_at", "OccurredAt", "event_type", "costs", "costs[0].amount", "data.total_tokens"})
    void shouldKnowABareFieldOfEventsFromTheCustomers(String key) {
        Outcome outcome = classify(422, 5, "{\"errors\":{\"" + key + "\":[\"is wrong\"]}}");
        assertThat(outcome).isInstanceOf(Refused.class);
        assertThat(((Refused) outcome).customerPossible()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"errors\":{\"customer_id\":[\"unknown\"]}}",
                "{\"errors\":{\"customer_external_id\":[\"unknown\"]}}",
                "{\"errors\":{\"CustomerExternalId\":\"unknown\"}}",
                "{\"errors\":{\"$.customer_id\":\"unknown\"}}",
                "{\"errors\":{\"customer\":{\"message\":\"unknown\"}}}"
            })
    void shouldSeeThatTheCustomerIsMeant(String body) {
        assertThat(classify(422, 5, body)).isEqualTo(new CustomerTrouble(422, true));
        assertThat(classify(400, 1, body)).isEqualTo(new CustomerTrouble(400, true));
        assertThat(classify(404, 1, body)).isEqualTo(new CustomerTrouble(404, true));
        assertThat(classify(409, 1, body)).isEqualTo(new CustomerTrouble(409, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"detail\":\"you must provide a valid customer identifier\"}",
                "{\"title\":\"Customer not found\"}"
            })
    void shouldNotRelyOnATextThatNamesTheCustomer(String body) {
        assertThat(classify(422, 5, body)).isEqualTo(new CustomerTrouble(422, false));
        assertThat(classify(400, 1, body)).isEqualTo(new CustomerTrouble(400, false));
        assertThat(classify(404, 1, body)).as("no event is quoted in it").isEqualTo(new CustomerTrouble(404, true));
    }

    @Test
    void shouldKnowABare404FromOneThatNamesTheCustomer() {
        assertThat(classify(404, 5, "")).isEqualTo(new CustomerTrouble(404, false));
        assertThat(classify(404, 5, "{\"title\":\"Not Found\"}")).isEqualTo(new CustomerTrouble(404, false));
        assertRefusedRoute(classify(404, 5, "<html>no such customer</html>", Map.of("content-type", "text/html")), 404);
        assertRefusedRoute(classify(404, 5, "default backend - 404", Map.of("content-type", "text/plain")), 404);
        assertRefusedRoute(classify(404, 1, "{\"errors\":{\"events[0].costs[0].vendor_id\":\"not found\"}}"), 404);
    }

    private static void assertRefusedRoute(Outcome outcome, int status) {
        assertThat(outcome).isEqualTo(new Retry("HTTP " + status, Optional.empty(), false, OutageCause.REFUSED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"title\":\"Payment Required\",\"status\":402}",
                "{\"error\":\"payment_required\"}",
                "{\"errors\":{\"events[0].id\":\"already exists\"}}"
            })
    void shouldTakeA402ForALackOfFunds(String body) {
        assertThat(classify(402, 3, body)).isEqualTo(new NoFunds(402, Optional.empty()));
        Map<String, String> headers = Map.of("content-type", "application/problem+json", "retry-after", "7");
        assertThat(classify(402, 1, body, headers)).isEqualTo(new NoFunds(402, Optional.of(Duration.ofSeconds(7))));
    }

    @Test
    void shouldNotTakeAPageWith402ForALackOfFunds() {
        for (String type : List.of("text/html", "text/plain", "application/json")) {
            assertRefusedRoute(classify(402, 1, "<html>pay</html>", Map.of("content-type", type)), 402);
        }
        assertRefusedRoute(classify(402, 1, "{}", Map.of("content-type", "text/html")), 402);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 409, 422})
    void shouldReadALackOfFundsFromACodeOrATitle(int status) {
        for (String body : List.of(
                "{\"title\":\"Insufficient funds\"}",
                "{\"title\":\"Unprocessable\",\"code\":\"insufficient_funds\"}",
                "{\"type\":\"https://credyt.ai/problems/overdraft-limit-exceeded\",\"title\":\"Refused\"}",
                "{\"title\":\"Refused\",\"errors\":[{\"field\":\"wallet\",\"code\":\"INSUFFICIENT_BALANCE\"}]}",
                "{\"title\":\"Refused\",\"errors\":{\"events[2]\":[\"insufficient funds in default:USD\"]}}",
                "{\"errors\":[\"Not enough credits\"]}")) {
            assertThat(classify(status, 3, body)).as(body).isInstanceOf(NoFunds.class);
        }
        for (String body : List.of(
                "{\"title\":\"Unprocessable\",\"detail\":\"description 'insufficient funds' is too long\"}",
                "{\"errors\":{\"events[0].description\":[\"insufficient funds\"]}}",
                "{\"errors\":{\"events[0]\":[\"the text 'insufficient funds' is too long\"]}}",
                "{\"errors\":{\"events[0]\":[\"insufficient funds\"],\"events[1].data\":[\"is wrong\"]}}",
                "{\"title\":\"x\",\"errors\":[{\"field\":\"data\",\"code\":\"bad\"},{\"code\":\"no_funds\"}]}")) {
            assertThat(classify(status, 3, body))
                    .as("a text may be the producer's: %s", body)
                    .isNotInstanceOf(NoFunds.class);
        }
        String code = "{\"title\":\"x\",\"code\":\"insufficient_funds\"}";
        assertThat(classify(status, 1, code, Map.of("content-type", "text/html")))
                .isNotInstanceOf(NoFunds.class);
    }

    @Test
    void shouldReadALackOfFundsOfSingleEvents() {
        String body = "{\"results\":[{\"id\":\"id-0\",\"status\":201},{\"id\":\"id-1\",\"status\":402}]}";
        assertThat(((Partial) classify(207, 2, body)).results())
                .isEqualTo(Map.of(0, ItemResult.ACCEPTED, 1, ItemResult.NO_FUNDS));
        assertThat(classify(200, 1, "{\"results\":[{\"id\":\"id-0\",\"status\":\"insufficient_funds\"}]}"))
                .isEqualTo(new NoFunds(200, Optional.empty()));
    }

    @Test
    void shouldTakeAnIdThatExistsForDelivered() {
        String named = "{\"errors\":[{\"id\":\"id-0\",\"message\":\"already exists\"}]}";
        for (String body : List.of(
                named,
                "{\"errors\":{\"events[0].id\":[\"already exists\"]}}",
                "{\"errors\":{\"id-0\":[\"already exists\"]}}",
                "{\"detail\":\"An event with this id was already recorded\"}",
                "{\"title\":\"Conflict\",\"code\":\"already_exists\"}",
                "{\"title\":\"Conflict\",\"type\":\"https://credyt.ai/problems/duplicate-event\"}")) {
            assertThat(classify(409, 1, body)).as(body).isEqualTo(new Accepted(409, Set.of(0)));
        }
        for (String body : List.of(
                "{\"errors\":{\"events[0].id\":[\"already exists\"]}}",
                "{\"errors\":{\"Id\":\"must be unique\"}}",
                "{\"errors\":[{\"id\":\"id-0\",\"code\":\"ALREADY_EXISTS\",\"message\":\"see code\"}]}",
                "{\"title\":\"Bad Request\",\"code\":\"event_already_exists\"}",
                "{\"title\":\"Bad Request\",\"type\":\"https://credyt.ai/problems/duplicate-event\"}")) {
            assertThat(classify(422, 1, body)).as(body).isEqualTo(new Accepted(422, Set.of(0)));
            assertThat(classify(400, 1, body)).as(body).isEqualTo(new Accepted(400, Set.of(0)));
        }
        assertThat(classify(409, 2, "{\"errors\":[{\"id\":\"id-1\",\"message\":\"duplicate\"}]}"))
                .isEqualTo(new Partial(409, Map.of(1, ItemResult.KNOWN), ""));
        assertThat(classify(
                        422,
                        2,
                        "{\"errors\":{\"events[0].id\":\"already exists\",\"events[1].id\":\"already exists\"}}"))
                .isEqualTo(new Partial(422, Map.of(0, ItemResult.KNOWN, 1, ItemResult.KNOWN), ""));
    }

    @Test
    void shouldSayNothingOfTheOthersWhereOneIsADuplicate() {
        String problem = "{\"type\":\"about:blank\",\"title\":\"Conflict\",\"status\":409"
                + ",\"errors\":[{\"id\":\"id-1\",\"message\":\"already exists\"}],\"traceId\":\"00-1\"}";
        assertThat(classify(409, 3, problem, Map.of("content-type", "application/problem+json")))
                .isEqualTo(new Partial(409, Map.of(1, ItemResult.KNOWN), ""));
        assertThat(classify(422, 3, problem.replace("409", "422")))
                .as("its text proves nothing: it is sent alone")
                .isEqualTo(new Partial(422, Map.of(1, ItemResult.SUSPECT), ""));
        for (int status : new int[] {400, 409, 422}) {
            assertThat(classify(status, 3, "{\"detail\":\"The event already exists\"}"))
                    .isEqualTo(new Refused(status, false, true, "exists"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"detail\":\"event id 42 already exists\"}",
                "{\"title\":\"Bad Request\",\"detail\":\"'the event already exists' is too long\"}",
                "{\"errors\":{\"events[0]\":[\"'id already exists' is not allowed\"]}}",
                "{\"errors\":[{\"id\":\"id-0\",\"message\":\"subject 'already exists' is not allowed\"}]}"
            })
    void shouldAskBeforeATextDecides(String body) {
        for (int status : new int[] {400, 422}) {
            assertThat(classify(status, 1, body))
                    .isInstanceOfSatisfying(Unclear.class, unclear -> assertThat(unclear.otherwise())
                            .as("Credyt's refusal, where it does not have the event")
                            .isPresent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"errors\":{\"events[0].id\":[\"already ex", "{\"detail\":", "<html>"})
    void shouldNotJudgeByARefusalThatIsNotComplete(String body) {
        for (int size : new int[] {1, 3}) {
            var cut = new Answer.Response(422, Map.of("content-type", "application/json"), body, true);
            assertRefusedRoute(AnswerClassifier.classify(cut, ids(size), NOW), 422);
        }
    }

    @Test
    void shouldAskAloneForAnIdThatExistsByIndexSinceAWrongIndexWouldLoseAnEvent() {
        assertThat(classify(422, 3, "{\"errors\":{\"events[0].id\":[\"already exists\"]}}"))
                .isEqualTo(new Partial(422, Map.of(0, ItemResult.SUSPECT), ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"detail\":\"No vendor exists with external id openai\"}",
                "{\"detail\":\"duplicate cost id\"}",
                "{\"errors\":{\"events[0].costs[0].id\":[\"already exists\"]}}",
                "{\"errors\":{\"events[0].data\":[\"duplicate key\"]}}",
                "{\"errors\":{\"events[0].id\":[\"is not a UUID\"]}}",
                "{\"errors\":{\"events[0].id\":[\"no event with this id exists\"]}}",
                "{\"errors\":{\"events[0].data.id\":[\"already exists\"]}}"
            })
    void shouldNotTakeForDeliveredWhatOnlySoundsLikeIt(String body) {
        assertThat(classify(422, 1, body)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/html|<html>409 Conflict: the event already exists</html>",
                "text/plain|event already exists",
                "application/json|''",
                "''|''",
                "application/json|{}",
                "application/json|[]",
                "application/json|{\"message\":\"event already exists\"}",
                "application/json|{\"title\":\"Conflict\"}",
                "application/json|{\"title\":\"Conflict\",\"status\":502}",
                "application/json|{\"title\":\"Conflict\",\"detail\":\"modified by another operation\"}",
                "application/json|{\"errors\":[\"conflict\"]}",
                "application/json|{\"errors\":{\"foo\":\"modified by another operation\"}}",
                "application/json|{\"errors\":{\"events[0].id\":\"is locked\"}}",
                "application/json|{\"errors\":[{\"id\":\"id-0\",\"message\":\"conflict\"}]}"
            })
    void shouldAskWhatA409WithoutEvidenceMeans(String type, String body) {
        assertThat(classify(409, 1, body, Map.of("content-type", type)))
                .isInstanceOfSatisfying(Unclear.class, unclear -> assertThat(unclear.otherwise())
                        .as("a conflict condemns nothing")
                        .isEmpty());
        assertThat(classify(409, 4, body, Map.of("content-type", type)))
                .as("nothing is settled")
                .matches(outcome -> outcome instanceof Unclear
                        || (outcome instanceof Refused)
                        || (outcome instanceof Partial divided
                                && Set.copyOf(divided.results().values()).equals(Set.of(ItemResult.SUSPECT))));
    }

    @Test
    void shouldReadWhatA409SaysConflicts() {
        assertThat(classify(409, 1, "{\"detail\":\"a request with this id is in progress, try again\"}"))
                .isInstanceOf(Retry.class);
        assertThat(classify(409, 1, "{\"detail\":\"the customer is archived\"}"))
                .isEqualTo(new CustomerTrouble(409, false));
        assertThat(classify(409, 1, "{\"errors\":{\"events[0].costs[0].id\":\"exists\"}}"))
                .isInstanceOf(Refused.class);
    }

    @Test
    void shouldHalveWhatIsTooLarge() {
        assertThat(classify(413, 2, "")).isEqualTo(new TooLarge(413, false, Optional.empty()));
        assertThat(classify(413, 2, "<html>", Map.of("retry-after", "7")))
                .isEqualTo(new TooLarge(413, false, Optional.of(Duration.ofSeconds(7))));
        assertThat(classify(400, 2, "{\"title\":\"Request body too large\"}"))
                .isEqualTo(new TooLarge(400, true, Optional.empty()));
        assertThat(classify(413, 1, "{\"title\":\"Content Too Large\",\"status\":413}"))
                .isInstanceOf(Refused.class);
        assertRefusedRoute(classify(413, 1, ""), 413);
        assertRefusedRoute(classify(413, 1, "<html>413</html>", Map.of("content-type", "text/html")), 413);
        assertThat(classify(
                        413, 1, "{\"title\":\"busy\"}", Map.of("retry-after", "7", "content-type", "application/json")))
                .as("for now")
                .isEqualTo(new Retry("HTTP 413", Optional.of(Duration.ofSeconds(7)), false));
        for (String body : List.of(
                "{\"errors\":{\"events\":[\"must have at most 50 items\"]}}",
                "{\"errors\":{\"Events\":\"too many items\"}}",
                "{\"errors\":{\"$.events\":[\"exceeds the maximum length\"]}}",
                "{\"detail\":\"A request may hold up to 50 events\"}")) {
            assertThat(classify(422, 2, body)).as(body).isEqualTo(new TooLarge(422, true, Optional.empty()));
        }
        assertThat(classify(422, 2, "{\"errors\":{\"events[0].subject\":[\"must have at most 50 characters\"]}}"))
                .isEqualTo(new Partial(422, Map.of(0, ItemResult.SUSPECT), ""));
        assertThat(classify(422, 2, "{\"errors\":{\"subject\":[\"too long\"]}}"))
                .isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @CsvSource({
        "401,AUTH",
        "403,AUTH",
        "407,AUTH",
        "301,REDIRECTED",
        "302,REDIRECTED",
        "307,REDIRECTED",
        "308,REDIRECTED"
    })
    void shouldHaltForWhatIsNoEventsFault(int status, OutageCause cause) {
        assertThat(classify(status, 3, "")).isEqualTo(new Halt(cause, "HTTP " + status, Optional.empty()));
        assertThat(classify(status, 3, "", Map.of("retry-after", "7")))
                .isEqualTo(new Halt(cause, "HTTP " + status, Optional.of(Duration.ofSeconds(7))));
    }

    @ParameterizedTest
    @CsvSource({
        "100,false",
        "101,false",
        "199,false",
        "505,false",
        "511,false",
        "999,false",
        "408,false",
        "425,false",
        "429,true",
        "500,false",
        "501,false",
        "502,false",
        "503,true",
        "504,true",
        "599,false"
    })
    void shouldSendAgainWhatPasses(int status, boolean overload) {
        assertThat(classify(status, 3, "")).isEqualTo(new Retry("HTTP " + status, Optional.empty(), overload));
    }

    @ParameterizedTest
    @ValueSource(ints = {405, 406, 411, 412, 414, 415, 416, 417, 418, 421, 423, 424, 426, 428, 431, 444, 451, 460, 499})
    void shouldHoldWhatSpeaksOfTheAccountTheRouteOrTheRequest(int status) {
        for (int size : new int[] {1, 3}) {
            for (String body : List.of("", "<html>", "{\"errors\":{\"events[0].id\":\"already exists\"}}")) {
                assertRefusedRoute(classify(status, size, body), status);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422})
    void shouldHoldARefusalThatIsNotCredyts(int status) {
        for (int size : new int[] {1, 3}) {
            for (String body : List.of(
                    "",
                    "not json",
                    "{}",
                    "[]",
                    "null",
                    "{\"message\":\"Bad Request\"}",
                    "{\"error\":\"bad\"}",
                    "{\"errors\":{}}",
                    "{\"title\":\"Bad Gateway\",\"status\":502}",
                    "{\"title\":\"x\"} trailing",
                    "[{\"field\":\"events[0].id\",\"message\":\"bad\"}]")) {
                assertRefusedRoute(classify(status, size, body), status);
            }
            String problem = "{\"title\":\"Unprocessable\",\"errors\":{\"events[0].id\":[\"bad\"]}}";
            for (String type : List.of("text/html", "text/plain", "", "application/jsonp", "application/xml")) {
                assertRefusedRoute(classify(status, size, problem, Map.of("content-type", type)), status);
            }
        }
    }

    @Test
    void shouldHandOnWhatRetryAfterAsksFor() {
        assertThat(classify(429, 1, "", Map.of("retry-after", "7")))
                .isEqualTo(new Retry("HTTP 429", Optional.of(Duration.ofSeconds(7)), true));
    }

    @Test
    void shouldSendAgainWhatNobodyAnswered() {
        assertThat(AnswerClassifier.classify(new Answer.Failure(true, "late"), ids(2), NOW))
                .isEqualTo(new Retry("late", Optional.empty(), true));
        assertThat(AnswerClassifier.classify(new Answer.Failure(false, "reset"), ids(2), NOW))
                .isEqualTo(new Retry("reset", Optional.empty(), false));
    }

    @Test
    void shouldFindRefusalsAlikeAlthoughTheyNameDifferentEvents() {
        Refused one = (Refused) classify(422, 1, "{\"errors\":{\"events[0].foo\":\"bad\"}}");
        Refused other = (Refused) classify(422, 1, "{\"errors\":{\"events[0].foo\":\"worse\"}}");
        Refused different = (Refused) classify(422, 1, "{\"errors\":{\"events[0].bar\":\"bad\"}}");
        assertThat(one.refusalKind()).isEqualTo(other.refusalKind()).isNotEqualTo(different.refusalKind());
    }
}

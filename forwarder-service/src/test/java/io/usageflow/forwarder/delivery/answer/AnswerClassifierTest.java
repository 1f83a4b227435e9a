package io.usageflow.forwarder.delivery.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.delivery.answer.Outcome.Accepted;
import io.usageflow.forwarder.delivery.answer.Outcome.CustomerTrouble;
import io.usageflow.forwarder.delivery.answer.Outcome.Halt;
import io.usageflow.forwarder.delivery.answer.Outcome.NoFunds;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.answer.Outcome.Refused;
import io.usageflow.forwarder.delivery.answer.Outcome.Retry;
import io.usageflow.forwarder.delivery.answer.Outcome.TooLarge;
import io.usageflow.forwarder.delivery.answer.Outcome.Unclear;
import io.usageflow.forwarder.delivery.answer.Outcome.UnclearReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static Unclear assertUnclear(Outcome outcome, UnclearReason reason) {
        assertThat(outcome).isInstanceOfSatisfying(Unclear.class, unclear -> assertThat(unclear.reason())
                .isEqualTo(reason));
        return (Unclear) outcome;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200|''",
                "201|''",
                "202|''",
                "204|''",
                "203|{}",
                "299|''",
                "200|null",
                "202|[]",
                "207|[]",
                "202|[{},{},{}]",
                "200|{\"items\":[]}",
                "200|{\"items\":[],\"total_count\":0,\"limit\":20,\"offset\":0}",
                "201|{\"errors\":[]}",
                "200|{\"errors\":{}}",
                "202|{\"error\":null}",
                "202|{\"id\":\"req_1\",\"created_at\":\"2026-11-23T10:00:00.1234567Z\"}",
                "200|{\"request_id\":\"r-1\"}",
                "201|[{\"id\":\"id-0\"},{\"id\":\"id-1\"},{\"id\":\"id-2\"}]",
                "201|{\"items\":[{\"id\":\"id-2\"},{\"id\":\"id-0\"},{\"id\":\"id-1\"}]}",
                "201|{\"customer_id\":\"cust_1\",\"events\":[{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\"}]}"
            })
    void shouldTakeASuccessThatSaysNothingOrRepeatsTheEventsForAccepted(int status, String body) {
        assertThat(classify(status, 3, body)).isEqualTo(new Accepted(status));
    }

    @Test
    void shouldNotTakeTheProducersOwnDataForAVerdict() {
        for (String event : List.of(
                "{\"id\":\"id-0\",\"event_type\":\"job_ended\",\"data\":{\"status\":\"failed\",\"error\":\"oom\"}}",
                "{\"id\":\"evt_1\",\"event_type\":\"job_ended\",\"description\":\"rejected\",\"fees\":[{\"amount\":1}]}")) {
            assertThat(classify(201, 1, event)).isEqualTo(new Accepted(201));
            assertThat(classify(201, 1, "[" + event + "]")).isEqualTo(new Accepted(201));
            assertThat(classify(201, 1, "{\"events\":[" + event + "]}")).isEqualTo(new Accepted(201));
        }
    }

    /** No document of Credyt's explains them, so none settles, condemns or holds an event by itself. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"results\":[{\"id\":\"id-0\",\"status\":\"accepted\"}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":\"duplicate\"}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":\"known\"}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":\"ignored\"}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":\"rejected\"}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":\"insufficient_funds\"}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":201}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":402}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":409}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":422}]}",
                "{\"results\":[{\"id\":\"id-0\",\"status\":503}]}",
                "{\"results\":{\"id-0\":{}}}",
                "{\"items\":[{\"id\":\"id-0\",\"event_type\":\"t\",\"state\":\"conflict\"}]}",
                "[{\"eid\":\"id-0\",\"publishing_status\":\"failed\",\"step\":\"validating\"}]",
                "[{\"id\":\"id-0\",\"duplicate\":true}]",
                "[\"id-0\",\"id-1\",\"id-2\"]",
                "{\"id\":{\"status\":\"failed\"}}",
                "{\"events\":{\"id-0\":\"failed\"}}",
                "{\"items\":[\"id-0\"]}",
                "{\"items\":[{\"items\":[{\"id\":\"id-0\",\"status\":\"failed\"}]}]}",
                "{\"rejected\":[\"id-0\"]}",
                "{\"accepted\":[]}",
                "{\"accepted\":3}",
                "{\"accepted\":0}",
                "{\"failed_count\":1}",
                "{\"ignored\":[0]}",
                "{\"skippedEvents\":2}",
                "{\"success\":true}",
                "{\"success\":false}",
                "{\"status\":\"queued\"}",
                "{\"status\":\"ignored\"}",
                "{\"status\":422}",
                "{\"data\":{\"status\":\"ok\"}}",
                "{\"data\":{\"failed\":[{\"id\":\"id-0\"}]}}",
                "{\"description\":\"2 events were dropped\"}",
                "{\"unknown\":[{\"deep\":{\"reason\":\"skipped\"}}]}",
                "{\"errors\":{\"events[0].id\":[\"already exists\"]}}",
                "{\"errors\":[{\"message\":\"one is bad\"}]}",
                "{\"title\":\"One or more validation errors occurred.\"}",
                "{\"message\":\"no errors\"}",
                "true",
                "17",
                "\"ignored\""
            })
    void shouldAskWhatASuccessMeansThatSaysMoreThanTheDocumentsExplain(String body) {
        for (int status : new int[] {200, 202, 207}) {
            for (int size : new int[] {1, 3}) {
                assertUnclear(classify(status, size, body), UnclearReason.UNDOCUMENTED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{\"id\":\"id-0\"},{\"id\":\"id-2\"}]",
                "[{\"id\":\"id-0\"},{\"id\":\"id-0\"},{\"id\":\"id-2\"}]",
                "[{\"id\":\"id-0\"},{\"id\":\"evt_1\"},{\"id\":\"evt_2\"}]",
                "{\"items\":[{\"id\":\"evt_0\"},{\"id\":\"evt_1\"}]}",
                "{\"id\":\"id-0\"}",
                "{\"id\":\"evt_1\",\"event_type\":\"t\"}"
            })
    void shouldAskWhereAListLeavesEventsOut(String body) {
        assertUnclear(classify(201, 3, body), UnclearReason.UNDOCUMENTED);
    }

    @Test
    void shouldQuoteTheWordThatIsNotUnderstood() {
        Unclear unclear = assertUnclear(
                classify(200, 1, "{\"items\":[{\"id\":\"id-0\",\"fate\":\"ignored\"}],\"more\":1}"),
                UnclearReason.UNDOCUMENTED);
        assertThat(unclear.word()).isEqualTo("fate \"ignored\"");
        assertThat(unclear.otherwise()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Accepted", "OK", "accepted\r\n", "Created"})
    void shouldTakeAReasonPhraseAsPlainTextForNoMoreThanAnEmptyBody(String body) {
        assertThat(classify(202, 3, body, Map.of("content-type", "text/plain; charset=utf-8")))
                .isEqualTo(new Accepted(202));
        assertThat(classify(202, 3, body)).as("it is called JSON").isInstanceOf(Unclear.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Welcome", "queued", "not accepted", "ignored", "Accepted 2 of 3", "default backend - 404"})
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
            assertUnclear(classify(200, size, body), UnclearReason.FOREIGN);
            assertThat(classify(207, size, body, Map.of("content-type", "text/html")))
                    .isInstanceOf(Unclear.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"results\":["})
    void shouldNotTakeAnAnswerThatIsNotCompleteForAccepted(String body) {
        for (int size : new int[] {1, 3}) {
            var cut = new Answer.Response(202, Map.of(), body, true);
            assertUnclear(AnswerClassifier.classify(cut, ids(size), NOW), UnclearReason.INCOMPLETE);
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
                "$.Events[1].OccurredAt",
                "events[1].costs[0].amount",
                "#/events/1/data",
                "events['1'].id"
            })
    void shouldReadTheIndexInEveryNotation(String key) {
        for (int status : new int[] {400, 422}) {
            for (String value : List.of("[\"is wrong\"]", "\"is wrong\"")) {
                assertThat(classify(status, 3, "{\"errors\":{\"" + key + "\":" + value + "}}"))
                        .isInstanceOfSatisfying(Refused.class, refused -> {
                            assertThat(refused.suspects()).containsExactly(1);
                            assertThat(refused.customerPossible()).isFalse();
                        });
            }
        }
    }

    @Test
    void shouldIgnoreAnIndexThatIsNotInTheRequest() {
        assertThat(((Refused) classify(422, 3, "{\"errors\":{\"events[7].id\":\"is wrong\"}}")).suspects())
                .isEmpty();
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
                "{\"errors\":{\"customer\":\"unknown\"}}"
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
                "{\"title\":\"Refused\",\"errors\":{\"events[2]\":[\"insufficient funds in default:USD\"]}}",
                "{\"errors\":{\"\":\"Not enough credits\"}}")) {
            assertThat(classify(status, 3, body)).as(body).isInstanceOf(NoFunds.class);
        }
        for (String body : List.of(
                "{\"title\":\"Unprocessable\",\"detail\":\"description 'insufficient funds' is too long\"}",
                "{\"errors\":{\"events[0].description\":[\"insufficient funds\"]}}",
                "{\"errors\":{\"events[0]\":[\"the text 'insufficient funds' is too long\"]}}",
                "{\"errors\":{\"events[0]\":[\"insufficient funds\"],\"events[1].data\":[\"is wrong\"]}}",
                "{\"title\":\"No fundsy thing\"}")) {
            assertThat(classify(status, 3, body))
                    .as("a text may be the producer's: %s", body)
                    .isNotInstanceOf(NoFunds.class);
        }
        String code = "{\"title\":\"x\",\"code\":\"insufficient_funds\"}";
        assertThat(classify(status, 1, code, Map.of("content-type", "text/html")))
                .isNotInstanceOf(NoFunds.class);
    }

    /** No source says how a repeated id is refused, so no refusal settles an event. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"errors\":{\"events[0].id\":[\"already exists\"]}}",
                "{\"errors\":{\"Id\":\"must be unique\"}}",
                "{\"errors\":{\"0190c2a4-5b1e-7c3d-8f00-000000000001\":[\"already exists\"]}}",
                "{\"errors\":{\"events[0]\":[\"'id already exists' is not allowed\"]}}",
                "{\"detail\":\"An event with this id was already recorded\"}",
                "{\"detail\":\"event id 42 already exists\"}",
                "{\"detail\":\"No vendor exists with external id openai\"}",
                "{\"title\":\"Duplicate event\"}"
            })
    void shouldAskBeforeItRefusesAnEventThatMayExist(String body) {
        for (int status : new int[] {400, 422}) {
            Unclear unclear = assertUnclear(classify(status, 1, body), UnclearReason.CONFLICT);
            assertThat(unclear.otherwise())
                    .as("Credyt's refusal, where it does not have the event")
                    .hasValueSatisfying(refused -> assertThat(refused.status()).isEqualTo(status));
            assertThat(classify(status, 3, body)).as("isolated first").isInstanceOf(Refused.class);
        }
        assertThat(assertUnclear(classify(409, 1, body), UnclearReason.CONFLICT).otherwise())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"errors\":{\"events[0].id\":[\"already ex", "{\"detail\":", "<html>"})
    void shouldNotJudgeByARefusalThatIsNotComplete(String body) {
        for (int size : new int[] {1, 3}) {
            var cut = new Answer.Response(422, Map.of("content-type", "application/json"), body, true);
            assertRefusedRoute(AnswerClassifier.classify(cut, ids(size), NOW), 422);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"detail\":\"There is no such vendor\"}",
                "{\"errors\":{\"events[0].costs[0].id\":[\"already exists\"]}}",
                "{\"errors\":{\"events[0].data\":[\"duplicate key\"]}}",
                "{\"errors\":{\"events[0].id\":[\"is not a UUID\"]}}",
                "{\"errors\":{\"events[0].data.id\":[\"already exists\"]}}"
            })
    void shouldRefuseForAFieldOfTheEventWithoutALookup(String body) {
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
                "application/json|{\"errors\":{\"events[0].costs[0].id\":\"exists\"}}",
                "application/json|{\"detail\":\"a request with this id is in progress, try again\"}",
                "application/json|{\"errors\":{\"events[0].id\":[\"already exists\"]}}",
                "application/json|{\"title\":\"Conflict\",\"code\":\"already_exists\"}",
                "application/json|{\"errors\":[{\"id\":\"id-0\",\"message\":\"already exists\"}]}"
            })
    void shouldAskWhatA409Means(String type, String body) {
        for (int size : new int[] {1, 4}) {
            assertThat(classify(409, size, body, Map.of("content-type", type)))
                    .isInstanceOfSatisfying(Unclear.class, unclear -> assertThat(unclear.otherwise())
                            .as("a conflict condemns nothing")
                            .isEmpty());
        }
    }

    @Test
    void shouldKnowAProxysConflictFromCredyts() {
        assertUnclear(classify(409, 1, "{\"title\":\"Conflict\"}"), UnclearReason.CONFLICT);
        assertUnclear(classify(409, 1, "{\"title\":\"Conflict\",\"status\":502}"), UnclearReason.FOREIGN);
        assertUnclear(classify(409, 1, "<html>"), UnclearReason.FOREIGN);
    }

    @Test
    void shouldHalveWhatIsTooLarge() {
        assertThat(classify(413, 2, "")).isEqualTo(new TooLarge(413, false, Optional.empty()));
        assertThat(classify(413, 2, "<html>", Map.of("retry-after", "7")))
                .isEqualTo(new TooLarge(413, false, Optional.of(Duration.ofSeconds(7))));
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
                "{\"errors\":{\"$.events\":[\"exceeds the maximum length\"]}}")) {
            assertThat(classify(422, 2, body)).as(body).isEqualTo(new TooLarge(422, true, Optional.empty()));
        }
        assertThat(classify(422, 2, "{\"errors\":{\"events[0].subject\":[\"must have at most 50 characters\"]}}"))
                .isEqualTo(new Refused(422, false, Set.of(0), "422 [subject]"));
        assertThat(classify(422, 1, "{\"errors\":{\"events\":[\"too large\"]}}"))
                .as("it cannot be halved")
                .isInstanceOf(Refused.class);
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
                    "{\"errors\":[\"bad\"]}",
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
        assertThat(((Refused) classify(422, 1, "{\"detail\":\"event 17 is too old\"}")).refusalKind())
                .isEqualTo("422 event # is too old");
        assertThat(one.refusalKind()).isEqualTo(other.refusalKind()).isNotEqualTo(different.refusalKind());
    }
}

package io.usageflow.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.behaviour.BatchMode;
import io.usageflow.sandbox.behaviour.ErrorKeys;
import io.usageflow.sandbox.behaviour.EventIdFormat;
import io.usageflow.sandbox.behaviour.MissingVolume;
import io.usageflow.sandbox.behaviour.RepeatAnswer;
import io.usageflow.sandbox.behaviour.SuccessBody;
import io.usageflow.sandbox.behaviour.UnknownCustomer;
import io.usageflow.sandbox.behaviour.UnknownFields;
import io.usageflow.sandbox.behaviour.UnknownVendor;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /events} and what can be read afterwards. */
class EventsIT {
    private CredytSandbox sandbox;
    private Client client;

    @BeforeEach
    void start() {
        sandbox = CredytSandbox.start(SandboxOptions.defaults()
                .withSeed(SandboxSeed.empty()
                        .withVendor("openai")
                        .withProduct(
                                "assistant",
                                "Assistant",
                                PriceSpec.volume("message_completed", "total_tokens", "USD", "0.01", "1000"))
                        .withCustomer("acct_1", "assistant")
                        .withCustomer("unsubscribed")));
        client = new Client(sandbox.url());
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    @Test
    void shouldBillAnEventOnceHoweverOftenItIsSent() {
        String id = Bodies.newId();
        String body = Bodies.batch("acct_1", Bodies.event(id));

        Client.Reply first = client.post("/events", body);
        Client.Reply second = client.post("/events", body);

        assertThat(second.status()).isEqualTo(first.status()).isEqualTo(202);
        assertThat(second.text()).isEqualTo(first.text());
        assertThat(sandbox.stats().events()).isEqualTo(1);
        assertThat(sandbox.stats().repeatedRequests()).isEqualTo(1);
        assertThat(sandbox.stats().conflictingContent()).isZero();
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.015");
    }

    @Test
    void shouldKeepTheFirstOfTwoContentsAndExposeTheOther() {
        String id = Bodies.newId();
        client.post("/events", Bodies.batch("acct_1", Bodies.event(id, 1000)));

        Client.Reply second = client.post("/events", Bodies.batch("acct_1", Bodies.event(id, 9000)));

        assertThat(second.status()).isEqualTo(202);
        assertThat(sandbox.stats().conflictingContent()).isEqualTo(1);
        assertThat(sandbox.stats().fees().get("USD")).isEqualByComparingTo("0.01");
        assertThat(sandbox.conflicts()).singleElement().satisfies(conflict -> {
            assertThat(conflict.kept()).contains("1000");
            assertThat(conflict.ignored()).contains("9000");
        });
    }

    @Test
    void shouldNotCallAnotherSpellingOfTheSameContentAConflict() {
        String id = Bodies.newId();
        String event = Bodies.event(id);
        client.post("/events", Bodies.batch("acct_1", event));

        client.post(
                "/events",
                Bodies.batch("acct_1", event.replace("1500", "1.500e3").replace("\n", " ")));

        assertThat(sandbox.stats().repeatedRequests()).isEqualTo(1);
        assertThat(sandbox.stats().conflictingContent()).isZero();
    }

    @Test
    void shouldCallTheSameEventForAnotherCustomerAConflict() {
        String event = Bodies.event(Bodies.newId());
        client.post("/events", Bodies.batch("acct_1", event));

        client.post("/events", Bodies.batch("unsubscribed", event));

        assertThat(sandbox.stats().conflictingContent()).isEqualTo(1);
        assertThat(sandbox.stats().byCustomer()).containsOnlyKeys("acct_1");
    }

    @Test
    void shouldTakeAnIdOnceThatStandsTwiceInARequest() {
        String id = Bodies.newId();

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", Bodies.event(id), Bodies.event(id)));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(sandbox.stats().events()).isEqualTo(1);
        assertThat(sandbox.stats().repeatedRequests()).isEqualTo(1);
    }

    @Test
    void shouldAcceptAndNotBillWhatNoPriceCounts() {
        String unsubscribed = Bodies.newId();
        String unknownType = Bodies.newId();

        client.post("/events", Bodies.batch("unsubscribed", Bodies.event(unsubscribed)));
        client.post(
                "/events",
                Bodies.batch("acct_1", Bodies.event(unknownType).replace("message_completed", "never_priced")));

        assertThat(client.get("/events/" + unsubscribed).json().path("fees")).isEmpty();
        assertThat(client.get("/events/" + unknownType).json().path("fees")).isEmpty();
        assertThat(sandbox.stats().fees()).isEmpty();
        assertThat(sandbox.stats().events()).isEqualTo(2);
    }

    @Test
    void shouldGiveBackWhatWasSentToTheLastDigit() {
        String id = Bodies.newId();
        String event = Bodies.event(id).replace("\"gpt-4\"", "\"gpt-4\", \"ratio\": 0.1234567890123456789012345");
        client.post("/events", Bodies.batch("acct_1", event));

        Client.Reply reply = client.get("/events/" + id);

        assertThat(reply.json().path("data").path("ratio").decimalValue())
                .isEqualByComparingTo("0.1234567890123456789012345");
        assertThat(reply.json().path("subject").asText()).isEqualTo("chat_9");
        assertThat(sandbox.event(id)).hasValueSatisfying(stored -> assertThat(stored.fees())
                .containsExactly(java.util.Map.entry("USD", new BigDecimal("0.015"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "id": "%s"                              | "id": ""                       | events[0].id
                    "id": "%s"                              | "id": 7                        | events[0].id
                    "id": "%s"                              | "id": "no-uuid"                | events[0].id
                    "id": "%s",                             |                                | events[0].id
                    "event_type": "message_completed",      |                                | events[0].event_type
                    "event_type": "message_completed"       | "event_type": null             | events[0].event_type
                    2026-01-31T12:00:00.123Z                | yesterday                      | events[0].occurred_at
                    2026-01-31T12:00:00.123Z                | 2026-01-31T12:00:00            | events[0].occurred_at
                    "subject": "chat_9"                     | "subject": 9                   | events[0].subject
                    "data": {                               | "data": 5, "more": {           | events[0].data
                    "total_tokens": 1500                    | "total_tokens": "1500"         | events[0].data.total_tokens
                    "total_tokens": 1500                    | "total_tokens": null           | events[0].data.total_tokens
                    "total_tokens": 1500                    | "total_tokens": 1e999999999    | events[0].data.total_tokens
                    """)
    void shouldNameTheFieldThatIsWrong(String part, String replacement, String key) {
        String id = Bodies.newId();
        String event = Bodies.event(id).replace(part.formatted(id), replacement == null ? "" : replacement);

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", event));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.contentType()).isEqualTo("application/problem+json");
        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly(key);
        assertThat(reply.json().path("errors").path(key).get(0).isTextual()).isTrue();
        assertThat(sandbox.stats().events()).isZero();
        assertThat(sandbox.stats().rejected()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "amount": 0.16                  | "amount": "0.16"              | amount
                    "amount": 0.16,                 |                               | amount
                    "amount": 0.16                  | "amount": 1e99999             | amount
                    "currency": "USD"               | "currency": "XX"              | currency
                    "currency": "USD",              |                               | currency
                    "vendor_external_id": "openai", |                               | vendor_id
                    "vendor_external_id": "openai"  | "vendor_external_id": "nobody"| vendor_external_id
                    "vendor_external_id": "openai"  | "vendor_id": "vnd_x"          | vendor_id
                    "metadata": {"region": "eu"}    | "metadata": []                | metadata
                    """)
    void shouldNameTheFieldOfTheCostThatIsWrong(String part, String replacement, String field) {
        String event = Bodies.eventWithCost(Bodies.newId(), "openai", "0.16")
                .replace(part, replacement == null ? "" : replacement);

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", event));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames())
                .toIterable()
                .containsExactly("events[0].costs[0]." + field);
        assertThat(sandbox.stats().costs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{\"events\": [}",
                "{} {}",
                "{\"customer_external_id\": \"a\", \"events\": [tru]}",
                "{\"customer_external_id\": \"a\", \"events\": [{\"id\": \"a\", \"id\": \"b\"}]}"
            })
    void shouldCallABodyThatIsNoJsonObjectABadRequest(String body) {
        Client.Reply reply = client.post("/events", body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.contentType()).isEqualTo("application/problem+json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"events": [{}]}                                                              | customer_id
                    {"customer_id": "a", "customer_external_id": "b", "events": [{}]}             | customer_id
                    {"customer_id": 5, "events": [{}]}                                            | customer_id
                    {"customer_id": "a"}                                                          | events
                    {"customer_id": "a", "events": []}                                            | events
                    {"customer_id": "a", "events": {}}                                            | events
                    {"customer_id": "cust_x", "events": [{}]}                                     | customer_id
                    {"customer_external_id": "nobody", "events": [{}]}                            | customer_external_id
                    """)
    void shouldNameWhatIsWrongAroundTheEvents(String body, String key) {
        Client.Reply reply = client.post("/events", body);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly(key);
    }

    @Test
    void shouldRefuseTheWholeBatchAndNameEachBadEvent() {
        String good = Bodies.newId();

        Client.Reply reply = client.post(
                "/events",
                Bodies.batch("acct_1", Bodies.event("bad-1"), Bodies.event(good), Bodies.event("bad-2"), "5"));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames())
                .toIterable()
                .containsExactly("events[0].id", "events[2].id", "events[3]");
        assertThat(client.get("/events/" + good).status()).isEqualTo(404);
        assertThat(sandbox.stats().rejected()).isEqualTo(3);
    }

    @Test
    void shouldStoreTheGoodOnesAndNameTheBadOnes() {
        sandbox.change(now -> now.withAnswers(now.answers().withBatchMode(BatchMode.ACCEPT_GOOD)));
        String good = Bodies.newId();

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", Bodies.event("bad"), Bodies.event(good)));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly("events[0].id");
        assertThat(sandbox.eventIds()).containsExactly(good);
    }

    @Test
    void shouldStoreTheGoodOnesAndKeepSilentAboutTheBadOnes() {
        sandbox.change(now -> now.withAnswers(now.answers().withBatchMode(BatchMode.IGNORE_BAD)));
        String good = Bodies.newId();

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", Bodies.event("bad"), Bodies.event(good)));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(sandbox.eventIds()).containsExactly(good);
    }

    @Test
    void shouldGiveAResultPerItem() {
        sandbox.change(now -> now.withAnswers(now.answers().withBatchMode(BatchMode.PER_ITEM_RESULTS)));
        String good = Bodies.newId();
        String known = Bodies.newId();
        client.post("/events", Bodies.batch("acct_1", Bodies.event(known)));

        Client.Reply reply = client.post(
                "/events", Bodies.batch("acct_1", Bodies.event("bad"), Bodies.event(known), Bodies.event(good)));

        assertThat(reply.status()).isEqualTo(202);
        JsonNode results = reply.json().path("results");
        assertThat(results)
                .extracting(result -> result.path("status").asText())
                .containsExactly("rejected", "duplicate", "accepted");
        assertThat(results.get(0).path("errors").has("events[0].id")).isTrue();
        assertThat(sandbox.eventIds()).containsExactly(known, good);
    }

    @ParameterizedTest
    @CsvSource({"CONFLICT, 409", "UNPROCESSABLE, 422"})
    void shouldAnswerARepeatAsItIsTold(RepeatAnswer answer, int status) {
        sandbox.change(now -> now.withAnswers(now.answers().withRepeats(answer)));
        String known = Bodies.newId();
        String other = Bodies.newId();
        client.post("/events", Bodies.batch("acct_1", Bodies.event(known)));

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", Bodies.event(known), Bodies.event(other)));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.json().path("errors").path("events[0].id").get(0).asText())
                .contains("already exists");
        assertThat(sandbox.eventIds()).as("a refused batch stores nothing").containsExactly(known);
        assertThat(sandbox.stats().repeatedRequests()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "INDEXED, events[0].occurred_at",
        "PASCAL, Events[0].OccurredAt",
        "JSON_PATH, $.events[0].occurred_at",
        "FIELD, occurred_at"
    })
    void shouldWriteErrorKeysInEachNotation(ErrorKeys keys, String key) {
        sandbox.change(now -> now.withAnswers(now.answers().withErrorKeys(keys)));

        Client.Reply reply = client.post(
                "/events",
                Bodies.batch("acct_1", Bodies.event(Bodies.newId()).replace("2026-01-31T12:00:00.123Z", "x")));

        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly(key);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204})
    void shouldSucceedWithEachStatus(int status) {
        sandbox.change(now -> now.withAnswers(now.answers().withSuccessStatus(status)));

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", Bodies.event(Bodies.newId())));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).isEqualTo(status == 204 ? "" : "{}");
        assertThat(reply.contentType()).isEqualTo(status == 204 ? "" : "application/json");
    }

    @ParameterizedTest
    @EnumSource(SuccessBody.class)
    void shouldSucceedWithEachBody(SuccessBody body) {
        sandbox.change(now -> now.withAnswers(now.answers().withSuccessBody(body)));
        String id = Bodies.newId();

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", Bodies.event(id)));

        assertThat(reply.text())
                .isEqualTo(
                        switch (body) {
                            case OBJECT -> "{}";
                            case LIST -> "[{\"id\":\"" + id + "\"}]";
                            case NONE -> "";
                        });
    }

    @Test
    void shouldAnswerAnUnknownCustomerWithNotFound() {
        sandbox.change(now -> now.withRules(now.rules().withUnknownCustomer(UnknownCustomer.NOT_FOUND)));

        Client.Reply reply = client.post("/events", Bodies.batch("nobody", Bodies.event(Bodies.newId())));

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.contentType()).isEqualTo("application/problem+json");
    }

    @Test
    void shouldRecordTheCostOfAnUnknownVendor() {
        sandbox.change(now -> now.withRules(now.rules().withUnknownVendor(UnknownVendor.ACCEPT)));

        Client.Reply reply =
                client.post("/events", Bodies.batch("acct_1", Bodies.eventWithCost(Bodies.newId(), "nobody", "0.16")));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(sandbox.stats().byVendor().get("nobody").costs().get("USD")).isEqualByComparingTo("0.16");
    }

    @Test
    void shouldTakeAnyIdWhereUuidsAreNotAskedFor() {
        sandbox.change(now -> now.withRules(now.rules().withEventIds(EventIdFormat.ANY)));

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", Bodies.event("req-1")));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(client.get("/events/req-1").status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseFieldsThatNobodyKnowsOnlyWhereTold() {
        String misspelt = Bodies.event(Bodies.newId()).replace("subject", "subjekt");
        assertThat(client.post("/events", Bodies.batch("acct_1", misspelt)).status())
                .isEqualTo(202);
        sandbox.change(now -> now.withRules(now.rules().withUnknownFields(UnknownFields.REJECT)));

        Client.Reply reply = client.post("/events", Bodies.batch("acct_1", misspelt));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").has("events[0].subjekt")).isTrue();
    }

    @Test
    void shouldAcceptAnEventWithoutItsVolumeWhereTold() {
        sandbox.change(now -> now.withRules(now.rules().withMissingVolume(MissingVolume.UNBILLED)));
        String id = Bodies.newId();

        client.post("/events", Bodies.batch("acct_1", Bodies.event(id).replace("total_tokens", "tokens")));

        assertThat(client.get("/events/" + id).json().path("fees")).isEmpty();
    }

    @Test
    void shouldCreateACustomerOnSightWhereTold() {
        sandbox.change(now -> now.withRules(now.rules().withAutoCreateCustomers(true)));

        client.post("/events", Bodies.batch("newcomer", Bodies.event(Bodies.newId())));

        assertThat(sandbox.balance("newcomer", "USD")).isEqualByComparingTo("-0.015");
        assertThat(client.get("/customers?external_id=newcomer").status()).isEqualTo(200);
    }

    @Test
    void shouldBillAfterTheAnswerWhereTold() {
        sandbox.change(now -> now.withAnswers(now.answers().withFeeDelayMs(300)));
        String id = Bodies.newId();

        client.post("/events", Bodies.batch("acct_1", Bodies.event(id)));
        int feesAtOnce = client.get("/events/" + id).json().path("fees").size();

        assertThat(feesAtOnce).isZero();
        org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> client.get("/events/" + id).json().path("fees").size() == 1);
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.015");
    }

    @Test
    void shouldRefuseWhatIsTooLarge() {
        sandbox.change(now -> now.withLimits(now.limits().withMaxBatchEvents(2).withMaxBodyBytes(2_000)));
        String[] three = Bodies.newIds(3).stream().map(Bodies::event).toArray(String[]::new);

        assertThat(client.post("/events", Bodies.batch("acct_1", three)).status())
                .isEqualTo(413);
        assertThat(client.post("/events", " ".repeat(2_001)).status()).isEqualTo(413);
        assertThat(sandbox.stats().events()).isZero();
        assertThat(client.post("/events", Bodies.batch("acct_1", three[0])).status())
                .isEqualTo(202);
    }

    @Test
    void shouldPageThroughEventsOfAllAndOfOneCustomer() {
        String[] events = Bodies.newIds(5).stream().map(Bodies::event).toArray(String[]::new);
        client.post("/events", Bodies.batch("acct_1", events));
        String other = Bodies.newId();
        client.post("/events", Bodies.batch("unsubscribed", Bodies.event(other)));
        String customerId = client.get("/customers?external_id=unsubscribed")
                .json()
                .path("id")
                .asText();

        JsonNode page = client.get("/events?limit=2&offset=4").json();
        JsonNode ofOne = client.get("/events?customer_id=" + customerId).json();

        assertThat(page.path("total_count").intValue()).isEqualTo(6);
        assertThat(page.path("limit").intValue()).isEqualTo(2);
        assertThat(page.path("offset").intValue()).isEqualTo(4);
        assertThat(page.path("items")).hasSize(2);
        assertThat(ofOne.path("items")).hasSize(1);
        assertThat(ofOne.path("items").get(0).path("id").asText()).isEqualTo(other);
        assertThat(client.get("/events?limit=0").status()).isEqualTo(422);
    }

    @Test
    void shouldNotKnowAnEventThatWasNeverSent() {
        Client.Reply reply = client.get("/events/" + Bodies.newId());

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.contentType()).isEqualTo("application/problem+json");
    }
}

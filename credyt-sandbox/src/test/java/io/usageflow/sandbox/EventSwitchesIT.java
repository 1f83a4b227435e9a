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
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each answer that can be switched, because no source tells which one Credyt gives. */
class EventSwitchesIT {
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
}

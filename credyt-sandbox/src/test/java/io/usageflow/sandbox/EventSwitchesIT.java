package io.usageflow.sandbox;

import static io.usageflow.sandbox.Bodies.event;
import static io.usageflow.sandbox.Bodies.eventWithCost;
import static io.usageflow.sandbox.Bodies.newId;
import static io.usageflow.sandbox.Bodies.newIds;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.behaviour.EventAnswers.BatchMode;
import io.usageflow.sandbox.behaviour.EventAnswers.ErrorKeys;
import io.usageflow.sandbox.behaviour.EventAnswers.NoFundsAnswer;
import io.usageflow.sandbox.behaviour.EventAnswers.RepeatAnswer;
import io.usageflow.sandbox.behaviour.EventAnswers.SuccessBody;
import io.usageflow.sandbox.behaviour.ValidationRules.EventIdFormat;
import io.usageflow.sandbox.behaviour.ValidationRules.MissingVolume;
import io.usageflow.sandbox.behaviour.ValidationRules.Overdraft;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownCustomer;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownFields;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownVendor;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each answer that can be switched, because no source tells which one Credyt gives. */
class EventSwitchesIT extends SandboxFixture {
    @Test
    void shouldStoreTheGoodOnesAndNameTheBadOnes() {
        change("answers.batch_mode", BatchMode.ACCEPT_GOOD);
        String good = newId();

        Client.Reply reply = submit("acct_1", event("bad"), event(good));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly("events[0].id");
        assertThat(sandbox.eventIds()).containsExactly(good);
    }

    @Test
    void shouldStoreTheGoodOnesAndKeepSilentAboutTheBadOnes() {
        change("answers.batch_mode", BatchMode.IGNORE_BAD);
        String good = newId();

        Client.Reply reply = submit("acct_1", event("bad"), event(good));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(sandbox.eventIds()).containsExactly(good);
    }

    @Test
    void shouldGiveAResultPerItem() {
        change("answers.batch_mode", BatchMode.PER_ITEM_RESULTS);
        String good = newId();
        String known = newId();
        submit("acct_1", event(known));

        Client.Reply reply = submit("acct_1", event("bad"), event(known), event(good));

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
    void shouldAnswerARepeatAsSwitched(RepeatAnswer answer, int status) {
        change("answers.repeats", answer);
        String known = newId();
        String other = newId();
        submit("acct_1", event(known));

        Client.Reply reply = submit("acct_1", event(known), event(other));

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
        change("answers.error_keys", keys);

        Client.Reply reply = submit("acct_1", event(newId()).replace("2026-01-31T12:00:00.123Z", "x"));

        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly(key);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204})
    void shouldSucceedWithEachStatus(int status) {
        change("answers.success_status", status);

        Client.Reply reply = submit("acct_1", event(newId()));

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).isEqualTo(status == 204 ? "" : "{}");
        assertThat(reply.contentType()).isEqualTo(status == 204 ? "" : "application/json");
    }

    @ParameterizedTest
    @EnumSource(SuccessBody.class)
    void shouldSucceedWithEachBody(SuccessBody body) {
        change("answers.success_body", body);
        String id = newId();

        Client.Reply reply = submit("acct_1", event(id));

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
        change("rules.unknown_customer", UnknownCustomer.NOT_FOUND);

        Client.Reply reply = submit("nobody", event(newId()));

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.contentType()).isEqualTo("application/problem+json");
    }

    @Test
    void shouldRecordTheCostOfAnUnknownVendorUnlessSwitched() {
        Client.Reply reply = submit("acct_1", eventWithCost(newId(), "nobody", "0.16"));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(sandbox.stats().byVendor().get("nobody").costs().get("USD")).isEqualByComparingTo("0.16");
        change("rules.unknown_vendor", UnknownVendor.UNPROCESSABLE);
        assertThat(submit("acct_1", eventWithCost(newId(), "nobody", "0.16")).status())
                .isEqualTo(422);
    }

    @Test
    void shouldAcceptAnyIdIfUuidsAreNotRequired() {
        change("rules.event_ids", EventIdFormat.ANY);

        Client.Reply reply = submit("acct_1", event("req-1"));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(client.get("/events/req-1").status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseUnknownFieldsOnlyIfSwitched() {
        String misspelt = event(newId()).replace("subject", "subjekt");
        assertThat(submit("acct_1", misspelt).status()).isEqualTo(202);
        change("rules.unknown_fields", UnknownFields.REJECT);

        Client.Reply reply = submit("acct_1", misspelt);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").has("events[0].subjekt")).isTrue();
    }

    @Test
    void shouldAcceptAnEventWithoutItsVolumeUnbilledUnlessSwitched() {
        String id = newId();

        Client.Reply reply = submit("acct_1", event(id).replace("total_tokens", "tokens"));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(client.get("/events/" + id).json().path("fees")).isEmpty();
        change("rules.missing_volume", MissingVolume.UNPROCESSABLE);
        assertThat(submit("acct_1", event(newId()).replace("total_tokens", "tokens"))
                        .status())
                .isEqualTo(422);
    }

    @Test
    void shouldCreateACustomerOnSightIfSwitched() {
        change("rules.auto_create_customers", true);

        submit("newcomer", event(newId()));

        assertThat(sandbox.balance("newcomer", "USD")).isEqualByComparingTo("-0.015");
        assertThat(client.get("/customers?external_id=newcomer").status()).isEqualTo(200);
    }

    @Test
    void shouldBillAfterTheResponseIfSwitched() {
        String late = newId();
        String soon = newId();

        change("answers.fee_delay_ms", Duration.ofHours(1).toMillis());
        submit("acct_1", event(late));
        change("answers.fee_delay_ms", 1);
        submit("acct_1", event(soon));

        org.awaitility.Awaitility.await()
                .atMost(Duration.ofMinutes(3))
                .until(() -> client.get("/events/" + soon).json().path("fees").size() == 1);
        assertThat(client.get("/events/" + late).json().path("fees")).isEmpty();
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.015");
    }

    /** The balance covers the fees of two events, 0.015 each, and the limit a third. */
    @ParameterizedTest
    @CsvSource({"PAYMENT_REQUIRED, 402", "UNPROCESSABLE, 422"})
    void shouldRefuseWhatTheBalanceDoesNotCoverIfSwitched(NoFundsAnswer answer, int status) {
        change("answers.no_funds", answer);
        change("rules.overdraft", Overdraft.LIMITED);
        change("rules.overdraft_limit", new BigDecimal("0.015"));
        fund("acct_1", "0.03");
        String[] four = newIds(4).stream().map(Bodies::event).toArray(String[]::new);

        Client.Reply refused = submit("acct_1", four);

        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.contentType()).isEqualTo("application/problem+json");
        assertThat(refused.json().path("errors").fieldNames()).toIterable().containsExactly("events[3]");
        assertThat(sandbox.eventIds()).as("a refused batch stores nothing").isEmpty();
        assertThat(submit("acct_1", four[0], four[1], four[2]).status()).isEqualTo(202);
        assertThat(submit("acct_1", four[0]).status())
                .as("a repeat needs no funds")
                .isEqualTo(202);
        assertThat(submit("acct_1", four[3]).status()).isEqualTo(status);
        fund("acct_1", "0.015");
        assertThat(submit("acct_1", four[3]).status()).isEqualTo(202);
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.015");
    }

    @Test
    void shouldAcceptWithoutFundsWhatHasNoFee() {
        change("rules.overdraft", Overdraft.LIMITED);

        assertThat(submit("unsubscribed", event(newId())).status()).isEqualTo(202);
        assertThat(submit("acct_1", event(newId()).replace("message_completed", "logged_in"))
                        .status())
                .isEqualTo(202);
    }

    @Test
    void shouldNameEventsWithoutFundsAmongOtherBadOnes() {
        change("rules.overdraft", Overdraft.LIMITED);
        change("answers.batch_mode", BatchMode.ACCEPT_GOOD);
        fund("acct_1", "0.015");
        String good = newId();

        Client.Reply reply = submit("acct_1", event(good), event(newId()), event("bad"));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly("events[1]", "events[2].id");
        assertThat(sandbox.eventIds()).containsExactly(good);
        change("answers.batch_mode", BatchMode.PER_ITEM_RESULTS);
        JsonNode result =
                submit("acct_1", event(newId())).json().path("results").get(0);
        assertThat(result.path("status").asText()).isEqualTo("rejected");
        assertThat(result.path("errors").path("events[0]").get(0).asText()).contains("insufficient funds");
    }

    private void fund(String customerExternalId, String amount) {
        String id = client.get("/customers?external_id=" + customerExternalId)
                .json()
                .path("id")
                .asText();
        Client.Reply reply = client.post("/customers/" + id + "/wallet/adjustments", """
                {"transaction_id": "%s", "asset": "USD", "amount": %s, "reason": "gift"}""".formatted(newId(), amount));
        assertThat(reply.status()).isEqualTo(201);
    }

    @Test
    void shouldRefuseWhatIsTooLarge() {
        change("limits.max_batch_events", 2);
        change("limits.max_body_bytes", 2_000);
        String[] three = newIds(3).stream().map(Bodies::event).toArray(String[]::new);

        assertThat(submit("acct_1", three).status()).isEqualTo(413);
        assertThat(client.post("/events", " ".repeat(2_001)).status()).isEqualTo(413);
        assertThat(sandbox.stats().events()).isZero();
        assertThat(submit("acct_1", three[0]).status()).isEqualTo(202);
    }
}

package io.usageflow.sandbox;

import static io.usageflow.sandbox.Bodies.event;
import static io.usageflow.sandbox.Bodies.eventWithCost;
import static io.usageflow.sandbox.Bodies.newId;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.sandbox.behaviour.ValidationRules.MissingVolume;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownVendor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way in which a request to {@code POST /events} can be wrong, and the field that the answer names. */
class EventRulesIT extends SandboxFixture {
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
        change("rules.missing_volume", MissingVolume.UNPROCESSABLE);
        String id = newId();
        String event = event(id).replace(part.formatted(id), replacement == null ? "" : replacement);

        Client.Reply reply = submit("acct_1", event);

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
        change("rules.unknown_vendor", UnknownVendor.UNPROCESSABLE);
        String event = eventWithCost(newId(), "openai", "0.16").replace(part, replacement == null ? "" : replacement);

        Client.Reply reply = submit("acct_1", event);

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
        String good = newId();

        Client.Reply reply = submit("acct_1", event("bad-1"), event(good), event("bad-2"), "5");

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames())
                .toIterable()
                .containsExactly("events[0].id", "events[2].id", "events[3]");
        assertThat(client.get("/events/" + good).status()).isEqualTo(404);
        assertThat(sandbox.stats().rejected()).isEqualTo(3);
    }
}

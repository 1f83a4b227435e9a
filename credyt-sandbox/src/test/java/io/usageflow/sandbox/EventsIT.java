package io.usageflow.sandbox;

import static io.usageflow.sandbox.Bodies.batch;
import static io.usageflow.sandbox.Bodies.event;
import static io.usageflow.sandbox.Bodies.newId;
import static io.usageflow.sandbox.Bodies.newIds;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/** {@code POST /events} and what can be read afterwards. */
class EventsIT extends SandboxFixture {
    @Test
    void shouldBillAnEventOnceHoweverOftenItIsSent() {
        String id = newId();
        String body = batch("acct_1", event(id));

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
        String id = newId();
        submit("acct_1", event(id, 1000));

        Client.Reply second = submit("acct_1", event(id, 9000));

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
        String id = newId();
        String event = event(id);
        submit("acct_1", event);

        submit("acct_1", event.replace("1500", "1.500e3").replace("\n", " "));

        assertThat(sandbox.stats().repeatedRequests()).isEqualTo(1);
        assertThat(sandbox.stats().conflictingContent()).isZero();
    }

    @Test
    void shouldCallTheSameEventForAnotherCustomerAConflict() {
        String event = event(newId());
        submit("acct_1", event);

        submit("unsubscribed", event);

        assertThat(sandbox.stats().conflictingContent()).isEqualTo(1);
        assertThat(sandbox.stats().byCustomer()).containsOnlyKeys("acct_1");
    }

    @Test
    void shouldTakeAnIdOnceThatStandsTwiceInARequest() {
        String id = newId();

        Client.Reply reply = submit("acct_1", event(id), event(id));

        assertThat(reply.status()).isEqualTo(202);
        assertThat(sandbox.stats().events()).isEqualTo(1);
        assertThat(sandbox.stats().repeatedRequests()).isEqualTo(1);
    }

    @Test
    void shouldAcceptAndNotBillWhatNoPriceCounts() {
        String unsubscribed = newId();
        String unknownType = newId();

        submit("unsubscribed", event(unsubscribed));
        submit("acct_1", event(unknownType).replace("message_completed", "never_priced"));

        assertThat(client.get("/events/" + unsubscribed).json().path("fees")).isEmpty();
        assertThat(client.get("/events/" + unknownType).json().path("fees")).isEmpty();
        assertThat(sandbox.stats().fees()).isEmpty();
        assertThat(sandbox.stats().events()).isEqualTo(2);
    }

    @Test
    void shouldGiveBackWhatWasSentToTheLastDigit() {
        String id = newId();
        String event = event(id).replace("\"gpt-4\"", "\"gpt-4\", \"ratio\": 0.1234567890123456789012345");
        submit("acct_1", event);

        Client.Reply reply = client.get("/events/" + id);

        assertThat(reply.json().path("data").path("ratio").decimalValue())
                .isEqualByComparingTo("0.1234567890123456789012345");
        assertThat(reply.json().path("subject").asText()).isEqualTo("chat_9");
        assertThat(sandbox.event(id)).hasValueSatisfying(stored -> assertThat(stored.fees())
                .containsExactly(java.util.Map.entry("USD", new BigDecimal("0.015"))));
    }

    @Test
    void shouldPageThroughEventsOfAllAndOfOneCustomer() {
        String[] events = newIds(5).stream().map(Bodies::event).toArray(String[]::new);
        submit("acct_1", events);
        String other = newId();
        submit("unsubscribed", event(other));
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
        Client.Reply reply = client.get("/events/" + newId());

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.contentType()).isEqualTo("application/problem+json");
    }
}

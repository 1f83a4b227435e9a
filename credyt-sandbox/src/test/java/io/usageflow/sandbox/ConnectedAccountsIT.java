package io.usageflow.sandbox;

import static io.usageflow.sandbox.Bodies.event;
import static io.usageflow.sandbox.Bodies.newId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.behaviour.ValidationRules.UnknownAccount;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Accounts that the header {@code X-CREDYT-ACCOUNT} chooses: nothing of one is seen or changed through another. */
class ConnectedAccountsIT extends SandboxFixture {
    @Test
    void shouldKeepEverythingOfAnAccountApart() {
        String id = sandbox.createAccount("merchant");
        Client merchant = client.as(id);
        assertThat(merchant.get("/accounts/self").json().path("external_id").asText())
                .isEqualTo("merchant");
        assertThat(merchant.get("/customers").json().path("total_count").intValue())
                .isZero();
        assertThat(merchant.get("/products").json().path("total_count").intValue())
                .isZero();
        assertThat(merchant.get("/vendors").json().path("total_count").intValue())
                .isZero();
        SandboxAccount account = sandbox.account(id);
        account.createProduct("assistant", PriceSpec.unit("message_completed", "USD", "2"));
        account.createCustomer("acct_1", "assistant");
        String shared = newId();

        assertThat(submit("acct_1", event(shared)).status()).isEqualTo(202);
        Client.Reply there = merchant.post("/events", Bodies.batch("acct_1", event(shared), event(newId())));

        assertThat(there.status()).isEqualTo(202);
        assertThat(sandbox.eventIds()).containsExactly(shared);
        assertThat(account.eventIds()).hasSize(2).contains(shared);
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-0.015");
        assertThat(account.balance("acct_1", "USD")).isEqualByComparingTo("-4");
        assertThat(feeOf(client, shared)).isEqualTo("0.015");
        assertThat(feeOf(merchant, shared)).isEqualTo("2");
        assertThat(client.get("/__sandbox/stats").json().path("events").intValue())
                .isEqualTo(1);
        assertThat(merchant.get("/__sandbox/stats").json().path("events").intValue())
                .isEqualTo(2);
        assertThat(merchant.delete("/__sandbox/events/" + shared).status()).isEqualTo(204);
        assertThat(sandbox.event(shared)).isPresent();
        assertThat(account.event(shared)).isEmpty();
        assertThat(sandbox.requests().entries())
                .filteredOn(entry -> entry.route().equals("POST /events"))
                .extracting(entry -> List.of(entry.account() == null ? "own" : entry.account()))
                .containsExactly(List.of("own"), List.of(id));
    }

    private static String feeOf(Client client, String eventId) {
        JsonNode fees = client.get("/events/" + eventId).json().path("fees");
        assertThat(fees).hasSize(1);
        return fees.get(0).path("amount").decimalValue().toPlainString();
    }

    @Test
    void shouldPayFromTheLinkOfASubscriptionOfAnyAccount() {
        String id = sandbox.createAccount("merchant");
        Client merchant = client.as(id);
        merchant.post("/products", """
                {"name": "Plan", "code": "plan", "publish": true, "prices": [
                 {"type": "fixed", "billing_model": {"type": "recurring"},
                  "pricing": [{"asset": "USD", "values": [{"unit_price": 20}]}]}]}""");
        JsonNode created = merchant.post("/customers", """
                        {"name": "A", "external_id": "a", "subscriptions": [{"products": [{"code": "plan"}]}]}""").json();

        client.get(created.path("required_actions")
                .get(0)
                .path("redirect_url")
                .asText()
                .substring(sandbox.url().toString().length()));

        JsonNode subscription = merchant.get("/customers?external_id=a")
                .json()
                .path("subscriptions")
                .get(0);
        assertThat(subscription.path("status").asText()).isEqualTo("active");
    }

    @Test
    void shouldRefuseAnAccountThatDoesNotExist() {
        String own = client.get("/accounts/self").json().path("id").asText();
        assertThat(client.as(own).get("/customers?external_id=acct_1").status()).isEqualTo(200);

        assertThat(client.as("acc_other").get("/customers").status()).isEqualTo(403);
        change("rules.unknown_account", UnknownAccount.NOT_FOUND);
        assertThat(client.as("acc_other")
                        .post("/events", Bodies.batch("acct_1", event(newId())))
                        .status())
                .isEqualTo(404);
        assertThat(sandbox.eventIds()).isEmpty();
        assertThatThrownBy(() -> sandbox.account("acc_other")).hasMessageContaining("acc_other");
    }

    @Test
    void shouldForgetAccountsAtAReset() {
        String id = sandbox.createAccount("merchant");
        sandbox.account(id).createCustomer("acct_9");

        sandbox.reset();

        assertThat(client.as(id).get("/customers").status()).isEqualTo(403);
    }
}

package io.usageflow.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, customers, wallets, vendors, accounts, webhooks, hosted pages. */
class ResourcesIT extends SandboxFixture {
    @Override
    SandboxSeed seed() {
        return SandboxSeed.empty();
    }

    @Test
    void shouldLetInAnyKeyButNoneAndSayNothing() {
        Client.Reply none = new Client(sandbox.url(), " ").get("/customers");

        assertThat(none.status()).isEqualTo(401);
        assertThat(none.text()).isEmpty();
        assertThat(none.contentType()).isEmpty();
        assertThat(new Client(sandbox.url(), "whatever").get("/customers").status())
                .isEqualTo(200);
    }

    @Test
    void shouldLetInOnlyTheKeysThatWereGiven() {
        try (CredytSandbox strict =
                CredytSandbox.start(SandboxOptions.defaults().withApiKeys("right"))) {
            assertThat(new Client(strict.url(), "wrong").get("/customers").status())
                    .isEqualTo(401);
            assertThat(new Client(strict.url(), "right").get("/accounts/self").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldFindACustomerByIdAndAsASingleObjectByExternalId() {
        String id = sandbox.createCustomer("acct 1+a@b");

        JsonNode byId = client.get("/customers/" + id).json();
        JsonNode byExternalId =
                client.get("/customers?external_id=acct%201%2Ba%40b").json();
        JsonNode page = client.get("/customers").json();

        assertThat(byId.path("external_id").asText()).isEqualTo("acct 1+a@b");
        assertThat(byId.path("subscriptions").isArray()).isTrue();
        assertThat(byId.path("external_accounts").isArray()).isTrue();
        assertThat(byExternalId).isEqualTo(byId);
        assertThat(page.path("items").get(0)).isEqualTo(byId);
        assertThat(page.path("total_count").intValue()).isEqualTo(1);
        assertThat(client.get("/customers?external_id=nobody").status()).isEqualTo(404);
        assertThat(client.get("/customers/cust_nobody").status()).isEqualTo(404);
    }

    @Test
    void shouldRefuseTheSameCustomerTwice() {
        sandbox.createCustomer("acct_1");

        Client.Reply reply = client.post("/customers", "{\"name\": \"A\", \"external_id\": \"acct_1\"}");

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").path("external_id").get(0).asText())
                .contains("already exists");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"external_id": "a"}                                                          | name
                    {"name": "a", "external_id": ""}                                              | external_id
                    {"name": "a", "subscriptions": [{}]}                                          | subscriptions[0].products
                    {"name": "a", "subscriptions": [{"products": [{}]}]}                          | subscriptions[0].products[0].code
                    {"name": "a", "subscriptions": [{"products": [{"code": "x"}]}]}               | subscriptions[0].products[0].code
                    {"name": "a", "subscriptions": [{"products": [{"code": "p", "version": 9}]}]} | subscriptions[0].products[0].version
                    """)
    void shouldNameWhatIsWrongWithACustomer(String body, String key) {
        sandbox.createProduct("p", PriceSpec.unit("x", "USD", "1"));

        Client.Reply reply = client.post("/customers", body);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly(key);
        assertThat(client.get("/customers").json().path("total_count").intValue())
                .isZero();
    }

    @Test
    void shouldAdjustAWalletOncePerTransaction() {
        String id = sandbox.createCustomer("acct_1");
        String gift = "{\"transaction_id\": \"t-1\", \"asset\": \"USD\", \"amount\": 25.50, \"reason\": \"gift\"}";
        String refund =
                "{\"transaction_id\": \"t-2\", \"asset\": \"USD\", \"amount\": -26, \"reason\": \"external_refund\"}";

        JsonNode first =
                client.post("/customers/" + id + "/wallet/adjustments", gift).json();
        Client.Reply second = client.post("/customers/" + id + "/wallet/adjustments", gift);
        client.post("/customers/" + id + "/wallet/adjustments", refund);

        assertThat(second.status()).isEqualTo(201);
        assertThat(second.json()).isEqualTo(first);
        JsonNode account = client.get("/customers/" + id + "/wallet")
                .json()
                .path("accounts")
                .get(0);
        assertThat(account.path("id").asText()).isEqualTo("default:USD");
        assertThat(account.path("name").asText()).isEqualTo("default");
        assertThat(account.path("asset").asText()).isEqualTo("USD");
        assertThat(account.path("available").decimalValue()).isEqualByComparingTo("-0.5");
    }

    @Test
    void shouldNotMindTheCaseOfAnAccountsName() {
        String id = sandbox.createCustomer("acct_1");
        client.post("/assets", "{\"code\": \"IMG\"}");
        for (String asset : List.of("usd", "USD", "img", "IMG")) {
            Client.Reply reply = client.post("/customers/" + id + "/wallet/adjustments", """
                    {"transaction_id": "%1$s", "asset": "%1$s", "amount": 1, "reason": "gift",
                     "account_name": "Default"}""".formatted(asset));
            assertThat(reply.status()).as(asset).isEqualTo(201);
        }

        for (String account : List.of("default:usd", "DEFAULT:USD", "Default%3Aimg", "default:IMG")) {
            assertThat(client.get("/customers/" + id + "/wallet/" + account)
                            .json()
                            .path("available")
                            .asInt())
                    .as(account)
                    .isEqualTo(2);
        }
        assertThat(client.get("/customers/" + id + "/wallet").json().path("accounts"))
                .extracting(account -> account.path("asset").asText())
                .containsExactly("USD", "IMG");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "asset": "USD"        | "asset": "GOLD" | asset
                    "amount": 25          | "amount": "25"  | amount
                    "reason": "gift"      | "reason": ""    | reason
                    "transaction_id": "t" | "x": 1          | transaction_id
                    """)
    void shouldNameWhatIsWrongWithAnAdjustment(String part, String replacement, String key) {
        String id = sandbox.createCustomer("acct_1");
        String body = "{\"transaction_id\": \"t\", \"asset\": \"USD\", \"amount\": 25, \"reason\": \"gift\"}"
                .replace(part, replacement);

        Client.Reply reply = client.post("/customers/" + id + "/wallet/adjustments", body);

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"default:GOLD", "default", ":USD"})
    void shouldNotKnowSuchAWalletAccount(String account) {
        String id = sandbox.createCustomer("acct_1");

        assertThat(client.get("/customers/" + id + "/wallet/" + account).status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/vendors", "/events/vendors"})
    void shouldServeVendorsUnderBothPaths(String path) {
        Client.Reply created = client.post(path, "{\"name\": \"OpenAI\", \"external_id\": \"openai\"}");
        String id = created.json().path("id").asText();

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().path("created_at").asText()).isNotEmpty();
        assertThat(client.get(path + "/" + id).json().path("name").asText()).isEqualTo("OpenAI");
        assertThat(client.get(path + "?external_id=openai").json().path("id").asText())
                .isEqualTo(id);
        assertThat(client.get(path).json().path("items")).hasSize(1);
        assertThat(client.get(path + "/" + id + "/stats").json().path("events").intValue())
                .isZero();
        assertThat(client.post(path, "{\"name\": \"x\", \"external_id\": \"openai\"}")
                        .status())
                .isEqualTo(422);
        assertThat(client.post(path, "{}").status()).isEqualTo(422);
    }

    @Test
    void shouldServeAccountsWebhooksAndHostedPages() {
        String customerId = sandbox.createCustomer("acct_1");

        assertThat(client.get("/accounts/self").json().path("id").asText()).startsWith("acc_");
        Client.Reply account =
                client.post("/accounts", "{\"name\": \"Sub\", \"external_id\": \"s\", \"metadata\": {\"k\": \"v\"}}");
        assertThat(account.json().path("id").asText()).startsWith("acc_");
        assertThat(client.get("/accounts?external_id=s")
                        .json()
                        .path("metadata")
                        .path("k")
                        .asText())
                .isEqualTo("v");
        assertThat(client.get("/accounts?limit=5&offset=0")
                        .json()
                        .path("total_count")
                        .intValue())
                .isEqualTo(1);

        Client.Reply hook = client.post("/webhooks", "{\"url\": \"https://example.com/hook\"}");
        assertThat(hook.json().path("secret").asText()).startsWith("whsec_");
        assertThat(hook.json().path("topics").get(0).asText()).isEqualTo("*");
        String hookId = hook.json().path("id").asText();
        assertThat(client.get("/webhooks/" + hookId).json()).isEqualTo(hook.json());
        assertThat(client.get("/webhooks").json().path("items")).hasSize(1);
        assertThat(client.post("/webhooks", "{\"url\": \"http://example.com\"}").status())
                .isEqualTo(422);

        Client.Reply topUp = client.post(
                "/top-ups", "{\"customer_id\": \"" + customerId + "\", \"amount\": 20, \"currency\": \"USD\"}");
        assertThat(topUp.status()).isEqualTo(201);
        assertThat(topUp.json().path("redirect_url").asText()).startsWith("https://");
        JsonNode session = client.post("/billing-portal/sessions", "{\"customer_id\": \"" + customerId + "\"}")
                .json();
        assertThat(session.path("redirect_url").asText()).matches("https://.*token=.+");
        assertThat(session.path("expires_at").asText())
                .isGreaterThan(session.path("created_at").asText());
        assertThat(client.post("/top-ups", "{\"customer_id\": \"cust_x\", \"amount\": 1, \"currency\": \"USD\"}")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void shouldAnswerWhatIsNoOperationWithAProblem() {
        assertThat(client.get("/nothing").status()).isEqualTo(404);
        assertThat(client.get("/nothing").contentType()).isEqualTo("application/problem+json");
        assertThat(client.delete("/customers").status()).isEqualTo(405);
    }

    @Test
    void shouldInsistOnJson() throws Exception {
        var request = java.net.http.HttpRequest.newBuilder(java.net.URI.create(sandbox.url() + "/events"))
                .header("x-credyt-api-key", "k")
                .header("Content-Type", "text/plain")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
                .build();

        assertThat(client.sendRaw(request).statusCode()).isEqualTo(415);
    }
}

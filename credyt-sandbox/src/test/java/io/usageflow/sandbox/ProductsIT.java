package io.usageflow.sandbox;

import static io.usageflow.sandbox.Bodies.event;
import static io.usageflow.sandbox.Bodies.newId;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products with their versions and prices, and created assets. */
class ProductsIT extends SandboxFixture {
    @Override
    SandboxSeed seed() {
        return SandboxSeed.empty();
    }

    @Test
    void shouldVersionProductsAndKeepACustomerOnItsOwn() {
        String productId = sandbox.createProduct("p", PriceSpec.unit("x", "USD", "1"));
        sandbox.createCustomer("early", "p");

        Client.Reply added = client.post("/products/" + productId, """
                {"name": "P2", "prices": [{"type": "usage_based",
                  "usage_calculation": {"event_type": "x", "usage_type": "unit"},
                  "pricing": [{"asset": "USD", "values": [{"unit_price": 2}]}]}]}""");
        assertThat(added.status()).isEqualTo(201);
        assertThat(added.json().path("version").intValue()).isEqualTo(2);
        assertThat(added.json().path("status").asText()).isEqualTo("draft");
        assertThat(client.patch("/products/" + productId + "/2", "{\"make_default\": true}")
                        .status())
                .as("a draft cannot be the default")
                .isEqualTo(422);
        Client.Reply published =
                client.patch("/products/" + productId + "/2", "{\"publish\": true, \"make_default\": true}");
        assertThat(published.json().path("is_default").booleanValue()).isTrue();
        sandbox.createCustomer("late", "p");

        String event = event(newId()).replace("message_completed", "x");
        submit("early", event);
        submit("late", event.replaceFirst("\"id\": \"[^\"]*\"", "\"id\": \"" + newId() + "\""));

        assertThat(sandbox.balance("early", "USD")).isEqualByComparingTo("-1");
        assertThat(sandbox.balance("late", "USD")).isEqualByComparingTo("-2");
        JsonNode product = client.get("/products?code=p").json();
        assertThat(product.path("id").asText()).isEqualTo(productId);
        assertThat(product.path("versions"))
                .extracting(version -> version.path("version").intValue())
                .containsExactly(2, 1);
        assertThat(client.get("/products/" + productId).json()).isEqualTo(product);
    }

    @Test
    void shouldSimulateWithoutATrace() {
        String productId = sandbox.createProduct(
                "p", PriceSpec.volume("message_completed", "total_tokens", "USD", "0.01", "1000"));
        String body = "{\"events\": [" + event(newId()) + "," + event(newId()) + "]}";

        JsonNode answer = client.post("/products/" + productId + "/default/simulate-usage", body)
                .json();

        assertThat(answer.path("totals").get(0).path("amount").decimalValue()).isEqualByComparingTo("0.03");
        assertThat(answer.path("events")).hasSize(2);
        assertThat(client.post("/products/" + productId + "/1/simulate-usage", body)
                        .json()
                        .path("totals"))
                .isEqualTo(answer.path("totals"));
        assertThat(client.post("/products/" + productId + "/simulate", body).json())
                .as("the guide's path")
                .isEqualTo(answer);
        JsonNode unbilled = client.post("/products/" + productId + "/simulate", body.replace("total_tokens", "tokens"))
                .json();
        assertThat(unbilled.path("totals")).isEmpty();
        assertThat(unbilled.path("events")).hasSize(2);
        assertThat(client.post("/products/" + productId + "/9/simulate-usage", body)
                        .status())
                .isEqualTo(404);
        assertThat(sandbox.stats().events()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "name": "P",                 |                              | name
                    "code": "p",                 |                              | code
                    "type": "usage_based"        | "type": "free"               | prices[0].type
                    "usage_type": "volume"       | "usage_type": "weight"       | prices[0].usage_calculation.usage_type
                    "volume_field": "tokens"     | "x": 1                       | prices[0].usage_calculation.volume_field
                    "asset": "USD"               | "asset": "GOLD"              | prices[0].pricing[0].asset
                    "package_size": 1000         | "package_size": 0            | prices[0].pricing[0].values[0].package_size
                    "volume_rate": 1             | "volume_rate": "1"           | prices[0].pricing[0].values[0].volume_rate
                    "volume_rate": 1,            |                              | prices[0].pricing[0].values[0].unit_price
                    """)
    void shouldNameWhatIsWrongWithAProduct(String part, String replacement, String key) {
        String body = """
                {"name": "P", "code": "p", "prices": [{"type": "usage_based",
                 "usage_calculation": {"event_type": "x", "usage_type": "volume", "volume_field": "tokens"},
                 "pricing": [{"asset": "USD", "values": [{"volume_rate": 1, "package_size": 1000}]}]}]}""";

        Client.Reply reply = client.post("/products", body.replace(part, replacement == null ? "" : replacement));

        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.json().path("errors").fieldNames()).toIterable().containsExactly(key);
    }

    @Test
    void shouldWaitForThePaymentOfAFixedPriceBeforeBilling() {
        client.post("/products", """
                {"name": "Plan", "code": "plan", "publish": true, "prices": [
                 {"type": "fixed", "billing_model": {"type": "recurring"},
                  "pricing": [{"asset": "USD", "values": [{"unit_price": 20}]}]},
                 {"type": "usage_based", "usage_calculation": {"event_type": "message_completed", "usage_type": "unit"},
                  "pricing": [{"asset": "USD", "values": [{"unit_price": 1}]}]}]}""");
        JsonNode created = client.post("/customers", """
                        {"name": "A", "external_id": "acct_1", "subscriptions": [{"products": [{"code": "plan"}]}]}""").json();
        assertThat(created.path("subscriptions").get(0).path("status").asText()).isEqualTo("pending");
        assertThat(created.path("subscriptions").get(0).path("required_actions"))
                .isEqualTo(created.path("required_actions"))
                .hasSize(1);
        assertThat(created.path("required_actions").get(0).path("type").asText())
                .isEqualTo("payment");
        JsonNode later = client.get("/customers/" + created.path("id").asText()).json();
        JsonNode fresh = later.path("subscriptions").get(0).path("required_actions");
        assertThat(fresh).isEqualTo(later.path("required_actions")).hasSize(1);
        assertThat(fresh.get(0).path("redirect_url").asText())
                .as("a link of its own")
                .isNotEqualTo(created.path("required_actions")
                        .get(0)
                        .path("redirect_url")
                        .asText());
        submit("acct_1", event(newId()));
        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("0");

        String page = fresh.get(0).path("redirect_url").asText();
        client.get(page.substring(sandbox.url().toString().length()));
        submit("acct_1", event(newId()));

        assertThat(sandbox.balance("acct_1", "USD")).isEqualByComparingTo("-1");
        JsonNode paid = client.get("/customers?external_id=acct_1").json();
        assertThat(paid.path("subscriptions").get(0).path("status").asText()).isEqualTo("active");
        assertThat(paid.has("required_actions")).isFalse();
        assertThat(paid.path("subscriptions").get(0).has("required_actions")).isFalse();
    }

    @Test
    void shouldKeepAProductADraftUntilItIsPublished() {
        String draft = """
                {"name": "P", "code": "p", "prices": [{"type": "usage_based",
                  "usage_calculation": {"event_type": "x", "usage_type": "unit"},
                  "pricing": [{"asset": "USD", "values": [{"unit_price": 2}]}]}]}""";
        String customer = "{\"name\": \"A\", \"subscriptions\": [{\"products\": [{\"code\": \"p\"}]}]}";

        JsonNode product = client.post("/products", draft).json();

        assertThat(product.path("status").asText()).isEqualTo("draft");
        assertThat(product.path("is_default").booleanValue()).isFalse();
        assertThat(client.post("/customers", customer).status()).isEqualTo(422);
        client.patch("/products/" + product.path("id").asText() + "/1", "{\"publish\": true}");
        assertThat(client.post("/customers", customer).status()).isEqualTo(201);
    }

    /** The assets of all prices, before any money has moved, also while the payment is pending. */
    @Test
    void shouldMakeTheAccountsOfAWalletWithTheSubscription() {
        client.post("/assets", "{\"code\": \"IMG\", \"precision\": 2}");
        client.post("/products", """
                {"name": "P", "code": "p", "publish": true, "prices": [
                 {"type": "fixed", "pricing": [{"asset": "USD", "values": [{"unit_price": 20}]}]},
                 {"type": "usage_based", "usage_calculation": {"event_type": "x", "usage_type": "unit"},
                  "pricing": [{"asset": "IMG", "values": [{"unit_price": 1}]}]}]}""");
        sandbox.createCustomer("without");
        sandbox.createCustomer("with", "p");

        assertThat(wallet("without")).isEmpty();
        assertThat(wallet("with"))
                .extracting(account -> account.path("id").asText() + " "
                        + account.path("available").asInt())
                .containsExactly("default:USD 0", "default:IMG 0");
    }

    /** 100 a month that are replaced, and 10 once. */
    @Test
    void shouldGrantTheCreditsOfAProductOnPaymentAndReplaceThem() {
        client.post("/assets", "{\"code\": \"IMG\", \"precision\": 2}");
        client.post("/products", """
                {"name": "Plan", "code": "plan", "publish": true, "prices": [
                 {"type": "fixed", "pricing": [{"asset": "USD", "values": [{"unit_price": 20}]}]},
                 {"type": "usage_based", "usage_calculation": {"event_type": "message_completed", "usage_type": "unit"},
                  "pricing": [{"asset": "IMG", "values": [{"unit_price": 65}]}]}],
                 "entitlements": [
                 {"name": "Monthly", "asset": "IMG", "amount": 100, "purpose": "bundled",
                  "lifecycle": {"duration": "month", "duration_count": 1, "refresh": {"strategy": "expire_and_replace"}}},
                 {"name": "Welcome", "asset": "IMG", "amount": 10, "purpose": "promotion",
                  "lifecycle": {"duration": "month", "duration_count": 1}}]}""");
        JsonNode created = client.post("/customers", """
                        {"name": "A", "external_id": "acct_1", "subscriptions": [{"products": [{"code": "plan"}]}]}""").json();
        String subscription = created.path("subscriptions").get(0).path("id").asText();
        assertThat(sandbox.balance("acct_1", "IMG")).isZero();

        assertThat(sandbox.activateSubscription(subscription)).isTrue();
        assertThat(sandbox.activateSubscription(subscription)).isTrue();
        assertThat(sandbox.balance("acct_1", "IMG")).as("once").isEqualByComparingTo("110");

        submit("acct_1", event(newId()));
        assertThat(sandbox.balance("acct_1", "IMG")).isEqualByComparingTo("45");
        client.post("/__sandbox/subscriptions/" + subscription + "/renew", "{}");
        assertThat(sandbox.balance("acct_1", "IMG"))
                .as("45 expired, 100 came; the welcome came once")
                .isEqualByComparingTo("100");
        submit("acct_1", event(newId()), event(newId()));
        assertThat(sandbox.balance("acct_1", "IMG")).isEqualByComparingTo("-30");
        assertThat(sandbox.renewSubscription(subscription)).isTrue();
        assertThat(sandbox.balance("acct_1", "IMG"))
                .as("nothing was left to expire")
                .isEqualByComparingTo("70");
        assertThat(sandbox.renewSubscription("sub_none")).isFalse();
    }

    private JsonNode wallet(String externalId) {
        String id = client.get("/customers?external_id=" + externalId)
                .json()
                .path("id")
                .asText();
        return client.get("/customers/" + id + "/wallet").json().path("accounts");
    }

    /** A credit costs USD 0.05, so USD 1 buys 20; or the other way round, as inverse_rate. */
    @ParameterizedTest
    @ValueSource(strings = {"\"rate\": 0.05", "\"inverse_rate\": 20"})
    void shouldKeepACreatedAssetAndQuoteIt(String rate) {
        Client.Reply created = client.post("/assets", """
                {"code": "CRD", "name": "Credits", "precision": 0, "symbol": "c", "label": "credits",
                 "rates": [{"source": "USD", %s}]}""".formatted(rate));
        assertThat(created.status()).isEqualTo(201);

        JsonNode quote = client.post("/assets/CRD/quote", "{\"source\": \"USD\", \"amount\": 1}")
                .json();

        assertThat(quote.path("amount").decimalValue()).isEqualByComparingTo("20");
        assertThat(client.post("/assets", """
                        {"code": "X", "rates": [{"source": "USD", "rate": 1, "inverse_rate": 1}]}""").status()).isEqualTo(422);
        assertThat(client.get("/assets/CRD").json().path("precision").intValue())
                .isZero();
        assertThat(client.get("/assets").json().path("items")).hasSize(1);
        assertThat(client.post("/assets/CRD/quote", "{\"source\": \"EUR\", \"amount\": 1}")
                        .status())
                .isEqualTo(422);
        assertThat(client.post("/assets", "{\"code\": \"USD\"}").status()).isEqualTo(422);
        sandbox.createProduct("p", PriceSpec.unit("message_completed", "CRD", "3"));
        sandbox.createCustomer("acct_1", "p");
        submit("acct_1", event(newId()));
        assertThat(sandbox.balance("acct_1", "CRD")).isEqualByComparingTo("-3");
    }
}

package io.usageflow.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every operation of Credyt's integration guide, in the guide's order, as {@code usageflow sandbox} starts it, with and
 * without {@code --strict}. The values are our own: docs/sandbox.md says which of Credyt's own examples were run.
 */
class GuideIT {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeTheGuideFromTheAssetToTheBillingPortal(boolean strict) {
        SandboxOptions options = strict ? SandboxOptions.defaults().withSeed(SandboxSeed.dev()) : SandboxOptions.dev();
        try (CredytSandbox sandbox = CredytSandbox.start(options.withApiKeys("dev"))) {
            Client client = new Client(sandbox.url());

            ok(client.post("/assets", """
                    {"code": "CREDIT", "name": "Credits", "precision": 0, "symbol": "c", "label": "credits",
                     "rates": [{"source": "USD", "rate": 0.05}]}"""));
            assertThat(ok(client.post("/assets/CREDIT/quote", "{\"source\": \"USD\", \"amount\": 1}"))
                            .path("amount")
                            .intValue())
                    .isEqualTo(20);

            JsonNode product = ok(client.post("/products", """
                    {"name": "Studio", "code": "studio", "publish": true, "prices": [
                      {"name": "Images", "type": "usage_based", "billing_model": {"type": "real_time"},
                       "usage_calculation": {"event_type": "image_made", "usage_type": "unit",
                                             "source_reference_field": "image", "billable_dimensions": ["speed"]},
                       "pricing": [{"asset": "USD", "values": [
                         {"name": "fast", "dimensions": {"speed": "fast"}, "values": [{"unit_price": 0.5}]},
                         {"name": "other", "dimensions": {"speed": "*"}, "values": [{"unit_price": 0.2}]}]}]},
                      {"name": "Film", "type": "usage_based", "billing_model": {"type": "real_time"},
                       "usage_calculation": {"event_type": "film_made", "usage_type": "unit_and_volume",
                                             "volume_field": "minutes"},
                       "pricing": [{"asset": "CREDIT", "values": [{"unit_price": 1, "volume_rate": 2}]}]}]}"""));
            assertThat(product.path("status").textValue()).isEqualTo("published");
            String event = """
                    {"id": "%s", "event_type": "%s", "occurred_at": "2026-01-31T12:00:00.123Z", "subject": "studio_1",
                     "description": "a work", "data": %s}""";
            String fast = event.formatted(Bodies.newId(), "image_made", "{\"speed\": \"fast\", \"image\": \"i_1\"}");
            assertThat(ok(client.post(
                                    "/products/" + product.path("id").textValue() + "/simulate",
                                    "{\"events\": [" + fast + "]}"))
                            .path("totals")
                            .get(0)
                            .path("amount")
                            .decimalValue())
                    .isEqualByComparingTo("0.5");

            String path = "/products/" + product.path("id").textValue();
            int version = ok(client.post(path, """
                            {"name": "Studio", "prices": [
                              {"type": "fixed", "billing_model": {"type": "recurring"},
                               "pricing": [{"asset": "USD", "values": [{"unit_price": 20}]}]}]}""")).path("version").intValue();
            ok(client.patch(path + "/" + version, "{\"publish\": true}"));
            JsonNode pending = ok(client.post("/customers", """
                    {"name": "Grace", "external_id": "user_2", "subscriptions": [
                      {"products": [{"code": "studio", "version": %d}], "return_url": "https://example.com/a",
                       "failure_url": "https://example.com/b", "redirect_to": "return_url"}]}""".formatted(version)));
            assertThat(pending.path("required_actions")
                            .get(0)
                            .path("redirect_url")
                            .textValue())
                    .isNotEmpty();

            String signUp = """
                    {"name": "Ada", "external_id": "user_1", "email": "ada@example.com", "subscriptions": [
                      {"products": [{"code": "studio"}], "return_url": "https://example.com/a",
                       "failure_url": "https://example.com/b"}]}""";
            String customer = ok(client.post("/customers", signUp)).path("id").textValue();
            Client.Reply again = client.post("/customers", signUp);
            assertThat(again.status()).isEqualTo(422);
            assertThat(again.json().path("errors").has("external_id")).isTrue();
            assertThat(ok(client.get("/customers?external_id=user_1"))
                            .path("id")
                            .textValue())
                    .isEqualTo(customer);

            ok(client.post("/customers/" + customer + "/wallet/adjustments", """
                    {"transaction_id": "refund-2026-01", "asset": "USD", "amount": 25, "reason": "gift",
                     "description": "welcome"}"""));
            assertThat(available(client, customer, "USD")).isEqualTo("25");

            String other = event.formatted(Bodies.newId(), "image_made", "{\"speed\": \"slow\"}");
            String film = event.formatted(Bodies.newId(), "film_made", "{\"minutes\": 10}");
            ok(client.post("/events", """
                    {"customer_id": "%s", "events": [%s, %s]}""".formatted(customer, fast, other)));
            ok(client.post("/events", """
                    {"customer_external_id": "user_1", "events": [%s]}""".formatted(film)));
            ok(client.post("/events", """
                    {"customer_external_id": "user_1", "events": [%s]}""".formatted(fast)));
            assertThat(available(client, customer, "USD"))
                    .as("a repeated id is ignored")
                    .isEqualTo("24.3");
            assertThat(available(client, customer, "CREDIT")).isEqualTo("-21");

            ok(client.post("/vendors", "{\"name\": \"Render Farm\", \"external_id\": \"farm\"}"));
            String costs = Bodies.newId();
            ok(client.post("/events", """
                    {"customer_external_id": "user_1", "events": [{"id": "%s", "event_type": "cost_recorded",
                      "occurred_at": "2026-01-31T12:00:00Z", "costs": [{"id": "%s", "vendor_external_id": "farm",
                      "description": "frames", "amount": 0.16, "currency": "USD", "metadata": {"run": "7"}}]}]}""".formatted(costs, Bodies.newId())));
            assertThat(ok(client.get("/events/" + costs)).path("fees"))
                    .as("costs are recorded before anything is charged")
                    .isEmpty();
            assertThat(sandbox.stats().costs().get("USD")).isEqualByComparingTo("0.16");

            assertThat(ok(client.post("/top-ups", """
                    {"customer_id": "%s", "amount": 20, "currency": "USD", "return_url": "https://example.com/a",
                     "failure_url": "https://example.com/b"}""".formatted(customer)))
                            .path("redirect_url")
                            .textValue())
                    .startsWith("https://");
            assertThat(ok(client.post("/billing-portal/sessions", """
                    {"customer_id": "%s", "return_url": "https://example.com/a",
                     "failure_url": "https://example.com/b"}""".formatted(customer)))
                            .path("redirect_url")
                            .textValue())
                    .contains("token=");
        }
    }

    private static String available(Client client, String customer, String asset) {
        return ok(client.get("/customers/" + customer + "/wallet/default:" + asset))
                .path("available")
                .decimalValue()
                .stripTrailingZeros()
                .toPlainString();
    }

    private static JsonNode ok(Client.Reply reply) {
        assertThat(reply.status()).as(reply.text()).isBetween(200, 299);
        return reply.json();
    }
}

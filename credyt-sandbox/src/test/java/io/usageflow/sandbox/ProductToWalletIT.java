package io.usageflow.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The way of the money, from a product to a customer's wallet: a request of each kind, with what it answers. */
class ProductToWalletIT {
    private static final String PRODUCT = """
            {"name": "Assistant", "code": "assistant", "publish": true, "prices": [
              {"name": "tokens", "type": "usage_based", "billing_model": {"type": "real_time"},
               "usage_calculation": {"event_type": "message_completed", "usage_type": "volume",
                                     "volume_field": "total_tokens"},
               "pricing": [{"asset": "USD", "values": [{"volume_rate": 0.01, "package_size": 1000}]}]}]}""";

    @Test
    void shouldBillAnEventFromTheFirstProductToTheWallet() {
        try (CredytSandbox sandbox = CredytSandbox.start()) {
            Client client = new Client(sandbox.url());

            Client.Reply product = client.post("/products", PRODUCT);
            assertThat(product.status()).isEqualTo(201);
            assertThat(product.json().path("id").asText()).startsWith("prp_");
            assertThat(product.json().path("version").intValue()).isEqualTo(1);
            assertThat(product.json().path("status").asText()).isEqualTo("published");
            assertThat(product.json().path("is_default").booleanValue()).isTrue();

            Client.Reply vendor = client.post("/vendors", "{\"name\": \"OpenAI\", \"external_id\": \"openai\"}");
            assertThat(vendor.status()).isEqualTo(201);
            String vendorId = vendor.json().path("id").asText();
            assertThat(vendorId).startsWith("vnd_");

            Client.Reply customer = client.post("/customers", """
                    {"name": "Ada", "external_id": "acct_42", "email": "ada@example.com",
                     "subscriptions": [{"products": [{"code": "assistant", "version": "default"}]}]}""");
            assertThat(customer.status()).isEqualTo(201);
            String customerId = customer.json().path("id").asText();
            assertThat(customerId).matches("cust_[0-9a-z]{26}");

            Client.Reply adjustment =
                    client.post("/customers/" + customerId + "/wallet/adjustments", """
                    {"transaction_id": "%s", "asset": "USD", "amount": 25, "reason": "gift"}""".formatted(Bodies.newId()));
            assertThat(adjustment.status()).isEqualTo(201);

            String eventId = Bodies.newId();
            Client.Reply accepted =
                    client.post("/events", """
                    {"customer_id": "%s", "events": [{"id": "%s", "event_type": "message_completed",
                     "occurred_at": "2026-01-31T12:00:00.123Z", "subject": "chat_9", "description": "a message",
                     "data": {"model": "gpt-4", "total_tokens": 1500},
                     "costs": [{"id": "%s", "vendor_id": "%s", "description": "tokens", "amount": 0.16,
                                "currency": "USD", "metadata": {"a": "b"}}]}]}""".formatted(customerId, eventId, Bodies.newId(), vendorId));
            assertThat(accepted.status()).isEqualTo(202);
            assertThat(accepted.contentType()).isEqualTo("application/json");

            Client.Reply event = client.get("/events/" + eventId);
            assertThat(event.status()).isEqualTo(200);
            assertThat(event.json().path("fees")).hasSize(1);
            assertThat(event.text()).contains("\"amount\":0.015,");
            assertThat(event.json().path("fees").get(0).path("product_version").intValue())
                    .isEqualTo(1);
            assertThat(event.json().path("costs").get(0).path("amount").decimalValue())
                    .isEqualByComparingTo("0.16");
            assertThat(event.json().path("created_at").asText())
                    .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{7}Z");

            assertThat(client.get("/customers/" + customerId + "/wallet/default:USD")
                            .text())
                    .contains("\"available\":24.985");
            assertThat(client.get("/customers/" + customerId + "/wallet/default%3AUSD")
                            .text())
                    .contains("\"available\":24.985", "\"pending_in\":0");
            assertThat(sandbox.stats().costs().get("USD")).isEqualByComparingTo("0.16");
            assertThat(sandbox.stats().byVendor().get("openai").events()).isEqualTo(1);
        }
    }
}

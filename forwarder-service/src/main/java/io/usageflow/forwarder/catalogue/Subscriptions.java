package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a customer has subscribed to. Immutable. */
public record Subscriptions(List<Subscribed> products) {
    /** Words of the guide for a subscription that waits for a payment (docs/credyt-api.md, 5). */
    private static final Set<String> PENDING = Set.of("pending", "action_required");

    public Subscriptions {
        products = List.copyOf(products);
    }

    /**
     * A product of a subscription.
     *
     * @param version empty for the product's default
     * @param pending whether the subscription waits for something, such as a payment
     */
    public record Subscribed(String productCode, Optional<Integer> version, boolean pending) {}

    /** Reads the answer to {@code GET /customers/{id}}. Credyt shows no status where a subscription is active. */
    public static Subscriptions of(JsonNode customer) {
        List<Subscribed> products = new ArrayList<>();
        for (JsonNode subscription : customer.path("subscriptions")) {
            boolean pending = PENDING.contains(subscription.path("status").asText(""));
            for (JsonNode product : subscription.path("products")) {
                if (product.path("code").isTextual()) {
                    JsonNode version = product.path("version");
                    products.add(new Subscribed(
                            product.path("code").textValue(),
                            version.canConvertToInt() && version.isNumber()
                                    ? Optional.of(version.intValue())
                                    : Optional.empty(),
                            pending));
                }
            }
        }
        return new Subscriptions(products);
    }
}

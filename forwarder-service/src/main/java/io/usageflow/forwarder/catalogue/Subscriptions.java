package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a customer has subscribed to. Immutable. */
public record Subscriptions(List<Subscribed> products) {
    /** Words of the guide for a subscription that waits for a payment (docs/credyt-api.md, 5). */
    private static final Set<String> PENDING = Set.of("pending", "action_required");

    private static final Duration CLOCKS_DIFFER_MAX = Duration.ofMinutes(1);

    public Subscriptions {
        products = List.copyOf(products);
    }

    /**
     * A product of a subscription.
     *
     * @param version empty for the product's default
     * @param pending whether the subscription waits for something, such as a payment
     * @param startedAt begin of the subscription; empty if Credyt does not show it
     */
    public record Subscribed(
            String productCode, Optional<Integer> version, boolean pending, Optional<Instant> startedAt) {
        /** A product of a subscription whose begin is not known. */
        public Subscribed(String productCode, Optional<Integer> version, boolean pending) {
            this(productCode, version, pending, Optional.empty());
        }

        /** Whether the subscription had certainly begun at that time, which another clock measured. */
        boolean covers(Instant time) {
            return !pending
                    && startedAt
                            .map(start -> !start.isAfter(time.minus(CLOCKS_DIFFER_MAX)))
                            .orElse(false);
        }
    }

    /** Whether the catalogue has every product and version. */
    boolean areIn(Catalogue catalogue) {
        return products.stream().allMatch(subscribed -> catalogue
                .product(subscribed.productCode())
                .filter(product -> subscribed
                        .version()
                        .map(number -> product.version(number).isPresent())
                        .orElse(true))
                .isPresent());
    }

    /** Reads the answer to {@code GET /customers/{id}}. Credyt shows no status where a subscription is active. */
    public static Subscriptions of(JsonNode customer) {
        List<Subscribed> products = new ArrayList<>();
        for (JsonNode subscription : customer.path("subscriptions")) {
            boolean pending = PENDING.contains(subscription.path("status").asText(""));
            Optional<Instant> startedAt = instant(subscription.path("started_at"));
            for (JsonNode product : subscription.path("products")) {
                if (product.path("code").isTextual()) {
                    JsonNode version = product.path("version");
                    products.add(new Subscribed(
                            product.path("code").textValue(),
                            version.canConvertToInt() && version.isNumber()
                                    ? Optional.of(version.intValue())
                                    : Optional.empty(),
                            pending,
                            startedAt));
                }
            }
        }
        return new Subscriptions(products);
    }

    private static Optional<Instant> instant(JsonNode text) {
        try {
            return text.isTextual()
                    ? Optional.of(OffsetDateTime.parse(text.textValue()).toInstant())
                    : Optional.empty();
        } catch (DateTimeParseException unknownForm) {
            return Optional.empty();
        }
    }
}

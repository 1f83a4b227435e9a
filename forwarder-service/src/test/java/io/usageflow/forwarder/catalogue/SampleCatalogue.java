package io.usageflow.forwarder.catalogue;

import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.Catalogue.Rate;
import io.usageflow.forwarder.catalogue.Catalogue.Tariff;
import io.usageflow.forwarder.catalogue.Catalogue.UsagePrice;
import io.usageflow.forwarder.catalogue.Catalogue.Version;
import io.usageflow.forwarder.catalogue.Subscriptions.Subscribed;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Products for tests: {@code assistant} charges {@code message_completed} by tokens, {@code images} each image by its model. */
public final class SampleCatalogue {
    public static final Product ASSISTANT =
            product("assistant", price("message_completed", Optional.of("total_tokens"), List.of(), Map.of()));
    public static final Product IMAGES =
            product("images", price("image", Optional.empty(), List.of("model"), Map.of("model", "a")));

    private SampleCatalogue() {}

    public static Catalogue of(Product... products) {
        return new Catalogue(List.of(products), List.of());
    }

    public static Product product(String code, UsagePrice... prices) {
        return new Product(
                "prp_" + code, code, List.of(new Version(1, true, Optional.of(List.copyOf(List.of(prices))))));
    }

    public static UsagePrice price(
            String eventType, Optional<String> volumeField, List<String> dimensions, Map<String, String> values) {
        var rate = new Rate(BigDecimal.ONE, new BigDecimal("0.01"), new BigDecimal("1000"));
        return new UsagePrice(
                Optional.empty(),
                true,
                eventType,
                volumeField.isEmpty(),
                volumeField,
                dimensions,
                Map.of("USD", List.of(new Tariff(values, List.of(rate)))));
    }

    /** Active subscriptions to the default versions. */
    public static Subscriptions subscribed(String... codes) {
        return new Subscriptions(List.of(codes).stream()
                .map(code -> new Subscribed(code, Optional.empty(), false))
                .toList());
    }
}

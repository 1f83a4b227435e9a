package io.usageflow.sandbox.customer;

import io.usageflow.sandbox.catalogue.ProductVersion;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a customer has subscribed to. Immutable; the versions are those of the moment of subscribing.
 *
 * @param active false while a price that is paid up front waits for its payment
 * @param returnUrl where the hosted payment page would send the customer
 */
public record Subscription(
        String id,
        Instant startedAt,
        boolean active,
        List<ProductVersion> products,
        @Nullable String returnUrl) {
    public Subscription {
        products = List.copyOf(products);
    }

    Subscription activated(Instant now) {
        return new Subscription(id, now, true, products, returnUrl);
    }
}

package io.usageflow.sandbox.product;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;

/**
 * One version of a product. Its prices never change; a change of price is a new version.
 *
 * @param number from 1
 * @param published a draft can be simulated, not subscribed to
 * @param document as it was posted
 */
public record ProductVersion(
        String productId, String productCode, int number, boolean published, List<Price> prices, ObjectNode document) {
    public ProductVersion {
        prices = List.copyOf(prices);
    }

    ProductVersion asPublished() {
        return new ProductVersion(productId, productCode, number, true, prices, document);
    }

    /** The prices that count the event type. */
    public Stream<BillingPrice> pricesFor(String eventType) {
        return prices.stream().filter(price -> price.counts(eventType)).map(price -> new BillingPrice(this, price));
    }

    public boolean isPaidUpFront() {
        return prices.stream().anyMatch(Price::isPaidUpFront);
    }

    /** A price that bills a customer, and its version. */
    public record BillingPrice(ProductVersion version, Price price) {}
}

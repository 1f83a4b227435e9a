package io.usageflow.sandbox.catalogue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

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

    public boolean isPaidUpFront() {
        return prices.stream().anyMatch(Price::isPaidUpFront);
    }
}

package io.usageflow.sandbox.product;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.product.Price.AssetTariffs;
import io.usageflow.sandbox.product.ProductReader.PostedProduct;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A product and its versions. Not thread-safe. */
public final class Product {
    /** Stands for the number of the default version. */
    public static final String DEFAULT = "default";

    private final String id;
    private final String code;
    private final Instant createdAt;
    private final List<ProductVersion> versions = new ArrayList<>();
    private int defaultVersion;

    public Product(String id, String code, Instant createdAt) {
        this.id = id;
        this.code = code;
        this.createdAt = createdAt;
    }

    public String id() {
        return id;
    }

    public String code() {
        return code;
    }

    public Instant createdAt() {
        return createdAt;
    }

    /** Oldest first. */
    public List<ProductVersion> versions() {
        return Collections.unmodifiableList(versions);
    }

    public ProductVersion latest() {
        return versions.get(versions.size() - 1);
    }

    public boolean isDefault(ProductVersion version) {
        return version.number() == defaultVersion;
    }

    /**
     * The version of this number.
     *
     * @param text an integer or {@code default}
     */
    public Optional<ProductVersion> version(String text) {
        String wanted = text.equals(DEFAULT) ? Integer.toString(defaultVersion) : text;
        return versions.stream()
                .filter(version -> Integer.toString(version.number()).equals(wanted))
                .findFirst();
    }

    public ProductVersion add(PostedProduct posted) {
        ProductVersion version = new ProductVersion(
                id,
                code,
                versions.size() + 1,
                posted.publish(),
                posted.prices(),
                posted.entitlements(),
                posted.document());
        versions.add(version);
        // The first published version is what "default" means until a request changes it.
        if (defaultVersion == 0 && posted.publish()) {
            defaultVersion = version.number();
        }
        return version;
    }

    /** The same version after the change. */
    public ProductVersion change(ProductVersion version, boolean publish, boolean makeDefault) {
        ProductVersion changed = publish ? version.asPublished() : version;
        versions.set(version.number() - 1, changed);
        if (makeDefault || (defaultVersion == 0 && changed.published())) {
            defaultVersion = changed.number();
        }
        return changed;
    }

    /**
     * One version of a product. Its prices never change; a change of price is a new version.
     *
     * @param number from 1
     * @param published a draft can be simulated, not subscribed to
     * @param document as it was posted
     */
    public record ProductVersion(
            String productId,
            String productCode,
            int number,
            boolean published,
            List<Price> prices,
            List<Entitlement> entitlements,
            ObjectNode document) {
        public ProductVersion {
            prices = List.copyOf(prices);
            entitlements = List.copyOf(entitlements);
        }

        ProductVersion asPublished() {
            return new ProductVersion(productId, productCode, number, true, prices, entitlements, document);
        }

        public Stream<BillingPrice> pricesFor(String eventType) {
            return prices.stream().filter(price -> price.counts(eventType)).map(price -> new BillingPrice(this, price));
        }

        /** The assets of its prices: the accounts that a wallet needs. */
        public Stream<String> assets() {
            return prices.stream().flatMap(price -> price.pricing().stream()).map(AssetTariffs::asset);
        }

        public boolean isPaidUpFront() {
            return prices.stream().anyMatch(Price::isPaidUpFront);
        }

        public record BillingPrice(ProductVersion version, Price price) {}
    }
}

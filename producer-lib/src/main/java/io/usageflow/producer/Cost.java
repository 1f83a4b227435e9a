package io.usageflow.producer;

import io.usageflow.schema.rule.ExactDecimal;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.Currency;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cost of an action at a vendor. Immutable; every method returns a new value.
 *
 * <p>The amount cannot be a {@code double}, because money must be exact. All rules are checked when the event is
 * published.
 *
 * @param vendor your own name for the vendor, 1 to 256 printable characters; linked with {@link
 *     UsagePublisher#linkVendor}
 * @param amount in units of the currency (not cents), 0 or more, at most 20 digits before and 18 after the point;
 *     {@link #rounded} for amounts of more digits
 * @param currency ISO 4217 code
 * @param id the cost's own id, 1 to 128 printable characters; null, the default: derived from the event's id and the
 *     cost's position, so that a retry has the same id
 * @param description for readers, at most 1024 characters; null by default
 * @param metadata at most 50 entries, values of at most 8192 characters
 */
public record Cost(
        String vendor,
        BigDecimal amount,
        String currency,
        @Nullable String id,
        @Nullable String description,
        Map<String, String> metadata) {

    public Cost {
        // Not Map.copyOf: the rules report a null with its position.
        metadata = metadata.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    public static Cost of(String vendor, BigDecimal amount, String currency) {
        return new Cost(vendor, amount, currency, null, null, Map.of());
    }

    public static Cost of(String vendor, BigDecimal amount, Currency currency) {
        return of(vendor, amount, currency.getCurrencyCode());
    }

    public Cost id(String id) {
        return new Cost(vendor, amount, currency, id, description, metadata);
    }

    public Cost description(String description) {
        return new Cost(vendor, amount, currency, id, description, metadata);
    }

    /**
     * The amount with at most {@code digits} digits after the point, rounded half to even; unchanged if it has no more.
     * For amounts that a gateway computed in floating point, such as 0.0016150000000000001. An amount with more than 18
     * digits after the point is refused, and never rounded unless this method is called.
     *
     * @param digits 0 to 18
     * @throws IllegalArgumentException for another number of digits
     */
    public Cost rounded(int digits) {
        return new Cost(vendor, ExactDecimal.round(amount, digits), currency, id, description, metadata);
    }

    /** Adds one entry, or replaces the one with the same key. */
    public Cost metadata(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(metadata);
        more.put(key, value);
        return new Cost(vendor, amount, currency, id, description, more);
    }
}

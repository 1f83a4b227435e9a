package io.usageflow.sandbox.asset;

import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An asset that was created.
 *
 * @param precision digits after the point, 0 to 18
 * @param rates what one unit of the key is worth in this asset
 */
public record Asset(
        String code,
        @Nullable String name,
        int precision,
        @Nullable String symbol,
        @Nullable String label,
        Map<String, BigDecimal> rates) {
    public Asset {
        rates = Map.copyOf(rates);
    }
}

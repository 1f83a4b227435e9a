package io.usageflow.sandbox.resource;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An asset that was created, as the API shows it. Every ISO 4217 currency is an asset too, without being created.
 *
 * @param precision digits after the point, 0 to 18
 */
public record Asset(
        String code,
        @Nullable String name,
        int precision,
        @Nullable String symbol,
        @Nullable String label,
        List<ExchangeRate> rates) {
    private static final Set<String> CURRENCIES = Currency.getAvailableCurrencies().stream()
            .map(Currency::getCurrencyCode)
            .collect(Collectors.toUnmodifiableSet());

    public Asset {
        rates = List.copyOf(rates);
    }

    /**
     * An exchange rate into this asset.
     *
     * @param rate the worth of one unit of {@code source}
     */
    public record ExchangeRate(String source, BigDecimal rate) {}

    public static boolean isCurrency(String code) {
        return CURRENCIES.contains(code);
    }
}

package io.usageflow.sandbox.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.usageflow.sandbox.json.Decimals;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.List;
import java.util.Objects;
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
     * @param rate the price of one unit of the asset in {@code source}; null if {@code inverseRate} was given
     * @param inverseRate the units of the asset that one unit of {@code source} buys; null if {@code rate} was given
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record ExchangeRate(
            String source,
            @Nullable BigDecimal rate,
            @Nullable BigDecimal inverseRate) {
        /** The units of the asset that the amount buys. */
        public BigDecimal bought(BigDecimal amount) {
            if (rate != null) {
                return Decimals.quotient(amount, rate);
            }
            return amount.multiply(Objects.requireNonNull(inverseRate, "one of the two rates is given"));
        }
    }

    public static boolean isCurrency(String code) {
        return CURRENCIES.contains(code);
    }
}

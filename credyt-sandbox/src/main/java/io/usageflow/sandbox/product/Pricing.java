package io.usageflow.sandbox.product;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.json.Decimals;
import io.usageflow.sandbox.product.Price.AssetTariffs;
import io.usageflow.sandbox.product.Price.Rate;
import io.usageflow.sandbox.product.Price.Tariff;
import io.usageflow.sandbox.product.Price.UsageCalculation;
import io.usageflow.sandbox.product.Product.ProductVersion;
import io.usageflow.sandbox.product.Product.ProductVersion.BillingPrice;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Charge = {@code unit_price}, or {@code data[volume_field] * volume_rate / package_size}, or their sum.
 *
 * <p>Fees are never rounded to an asset's precision: Credyt's rounding is not stated, and a sum of unrounded fees can
 * be compared to the last digit with the client's own. Only a quotient without an end is cut, at {@value
 * Decimals#QUOTIENT_SCALE_MAX} digits.
 *
 * <p>A price with several assets charges the first one only: charging each would bill one use twice (a guess).
 */
public final class Pricing {
    private Pricing() {}

    /**
     * The fees of one event.
     *
     * @param data the event's {@code data}; null if it has none
     * @param unmeasurable receives the volume field of each price that finds no number there
     */
    public static List<Fee> fees(
            Stream<BillingPrice> prices, String eventType, @Nullable JsonNode data, Consumer<String> unmeasurable) {
        return prices.flatMap(
                        billing -> fee(billing.version(), billing.price(), eventType, data, unmeasurable).stream())
                .toList();
    }

    /** The fee of one price; empty if the price does not count the event, or finds no number for its volume. */
    static Optional<Fee> fee(
            @Nullable ProductVersion version,
            Price price,
            String eventType,
            @Nullable JsonNode data,
            Consumer<String> unmeasurable) {
        if (!price.counts(eventType) || price.pricing().isEmpty()) {
            return Optional.empty();
        }
        UsageCalculation usage = price.usage().orElseThrow();
        AssetTariffs pricing = price.pricing().get(0);
        Tariff tariff = tariffFor(pricing, data);
        if (tariff == null) {
            return Optional.empty();
        }
        BigDecimal volume = BigDecimal.ZERO;
        String volumeField = usage.volumeField();
        if (usage.usageType().countsVolume() && volumeField != null) {
            JsonNode value = data == null ? null : data.get(volumeField);
            if (value == null || !value.isNumber() || !Decimals.isSane(value.decimalValue())) {
                unmeasurable.accept(volumeField);
                return Optional.empty();
            }
            volume = value.decimalValue();
        }
        return Optional.of(new Fee(sum(tariff, usage, volume), pricing.asset(), version, price.name()));
    }

    private static BigDecimal sum(Tariff tariff, UsageCalculation usage, BigDecimal volume) {
        BigDecimal sum = BigDecimal.ZERO;
        for (Rate rate : tariff.rates()) {
            if (usage.usageType().countsUnits()) {
                sum = sum.add(rate.unitPrice());
            }
            if (usage.usageType().countsVolume()) {
                sum = sum.add(Decimals.quotient(volume.multiply(rate.volumeRate()), rate.packageSize()));
            }
        }
        return Decimals.normal(sum);
    }

    /** The tariff that names most of the event's values; {@code *} matches any; the earlier one wins a tie. */
    private static @Nullable Tariff tariffFor(AssetTariffs pricing, @Nullable JsonNode data) {
        Tariff best = null;
        int bestNamed = -1;
        for (Tariff tariff : pricing.tariffs()) {
            int named = namedDimensions(tariff, data);
            if (named > bestNamed) {
                best = tariff;
                bestNamed = named;
            }
        }
        return best;
    }

    /** How many dimensions the tariff matches by their exact value; -1 if it does not match. */
    private static int namedDimensions(Tariff tariff, @Nullable JsonNode data) {
        int named = 0;
        for (Map.Entry<String, String> dimension : tariff.dimensions().entrySet()) {
            if (dimension.getValue().equals(Tariff.ANY)) {
                continue;
            }
            JsonNode value = data == null ? null : data.get(dimension.getKey());
            if (value == null || !value.isTextual() || !value.textValue().equals(dimension.getValue())) {
                return -1;
            }
            named++;
        }
        return named;
    }

    /**
     * The fee of one price for one event, as the API shows it.
     *
     * @param amount exact, not rounded
     * @param version the version of the price; null if the fee was set through the admin surface
     * @param price the price's name, if it has one
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"amount", "asset", "product_id", "product_code", "product_version", "price"})
    public record Fee(
            BigDecimal amount,
            String asset,
            @JsonIgnore @Nullable ProductVersion version,
            @Nullable String price) {
        @JsonProperty
        @Nullable
        String productId() {
            return version == null ? null : version.productId();
        }

        @JsonProperty
        @Nullable
        String productCode() {
            return version == null ? null : version.productCode();
        }

        @JsonProperty
        @Nullable
        Integer productVersion() {
            return version == null ? null : version.number();
        }
    }
}

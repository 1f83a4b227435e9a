package io.usageflow.sandbox.pricing;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.catalogue.AssetTariffs;
import io.usageflow.sandbox.catalogue.Price;
import io.usageflow.sandbox.catalogue.Rate;
import io.usageflow.sandbox.catalogue.Tariff;
import io.usageflow.sandbox.catalogue.UsageCalculation;
import io.usageflow.sandbox.json.Decimals;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Charge = {@code unit_price}, or {@code data[volume_field] * volume_rate / package_size}, or their sum.
 *
 * <p>Fees are never rounded to an asset's precision: Credyt's rounding is not stated, and a sum of unrounded fees can be
 * compared to the last digit with one that somebody else computed. Only a quotient without an end is cut, at
 * {@value Decimals#QUOTIENT_SCALE_MAX} digits.
 *
 * <p>A price with several assets charges the first one only: charging each would bill one use twice (a guess).
 */
public final class Pricing {
    private static final Charge NOT_MEANT = new Charge.NotMeant();

    private Pricing() {}

    /** @param data the event's {@code data}; null where it has none */
    public static Charge charge(Price price, String eventType, @Nullable JsonNode data) {
        if (!price.counts(eventType) || price.pricing().isEmpty()) {
            return NOT_MEANT;
        }
        UsageCalculation usage = price.usage().orElseThrow();
        AssetTariffs pricing = price.pricing().get(0);
        Tariff tariff = tariffFor(pricing, data);
        if (tariff == null) {
            return NOT_MEANT;
        }
        BigDecimal volume = BigDecimal.ZERO;
        String volumeField = usage.volumeField();
        if (usage.usageType().countsVolume() && volumeField != null) {
            JsonNode value = data == null ? null : data.get(volumeField);
            if (value == null || !value.isNumber() || !Decimals.isSane(value.decimalValue())) {
                return new Charge.Unmeasurable(volumeField);
            }
            volume = value.decimalValue();
        }
        return new Charge.Due(sum(tariff, usage, volume), pricing.asset());
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

    /** The tariff that names most of the event's values; {@code *} stands for any; the earlier one wins a tie. */
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

    /** How many dimensions the tariff matches by their exact value; -1 where it does not match. */
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
}

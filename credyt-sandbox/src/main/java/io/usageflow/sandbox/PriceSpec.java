package io.usageflow.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.product.Price.UsageType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A price of {@code POST /products}, for typed calls. Immutable.
 *
 * @param amounts of the price without dimensions: {@code unit_price}, {@code volume_rate}, {@code package_size}
 */
public record PriceSpec(
        String eventType,
        UsageType usageType,
        String volumeField,
        String asset,
        Map<String, BigDecimal> amounts,
        List<DimensionSpec> dimensions) {
    public PriceSpec {
        amounts = Map.copyOf(amounts);
        dimensions = List.copyOf(dimensions);
    }

    /**
     * The amounts for one combination of values.
     *
     * @param values value by key in {@code data}; {@code *} for any
     */
    public record DimensionSpec(Map<String, String> values, Map<String, BigDecimal> amounts) {
        public DimensionSpec {
            values = Map.copyOf(values);
            amounts = Map.copyOf(amounts);
        }
    }

    /** A price per event. */
    public static PriceSpec unit(String eventType, String asset, String unitPrice) {
        return new PriceSpec(
                eventType, UsageType.UNIT, "", asset, Map.of("unit_price", new BigDecimal(unitPrice)), List.of());
    }

    /** {@code data[volumeField] * rate / packageSize}. */
    public static PriceSpec volume(
            String eventType, String volumeField, String asset, String rate, String packageSize) {
        return new PriceSpec(
                eventType, UsageType.VOLUME, volumeField, asset, volumeAmounts(rate, packageSize), List.of());
    }

    /** For {@link #withTariff}: chosen by values in {@code data}. */
    public static PriceSpec dimensional(String eventType, UsageType usageType, String volumeField, String asset) {
        return new PriceSpec(eventType, usageType, volumeField, asset, Map.of(), List.of());
    }

    public static Map<String, BigDecimal> volumeAmounts(String rate, String packageSize) {
        return Map.of("volume_rate", new BigDecimal(rate), "package_size", new BigDecimal(packageSize));
    }

    /** Adds the amounts for the given values. */
    public PriceSpec withTariff(Map<String, String> values, Map<String, BigDecimal> tariffAmounts) {
        List<DimensionSpec> more = new ArrayList<>(dimensions);
        more.add(new DimensionSpec(values, tariffAmounts));
        return new PriceSpec(eventType, usageType, volumeField, asset, amounts, more);
    }

    ObjectNode toJson() {
        ObjectNode price = Json.object().put("name", eventType + volumeSuffix()).put("type", "usage_based");
        price.putObject("billing_model").put("type", "real_time");
        ObjectNode usage = price.putObject("usage_calculation")
                .put("event_type", eventType)
                .put("usage_type", usageType.wire());
        if (usageType.countsVolume()) {
            usage.put("volume_field", volumeField);
        }
        ObjectNode pricing = price.putArray("pricing").addObject().put("asset", asset);
        if (dimensions.isEmpty()) {
            amounts.forEach(pricing.putArray("values").addObject()::put);
            return price;
        }
        dimensions.stream()
                .flatMap(tariff -> tariff.values().keySet().stream())
                .distinct()
                .sorted()
                .forEach(usage.withArray("billable_dimensions")::add);
        for (DimensionSpec tariff : dimensions) {
            ObjectNode value = pricing.withArray("values").addObject();
            tariff.values().forEach(value.putObject("dimensions")::put);
            tariff.amounts().forEach(value.putArray("values").addObject()::put);
        }
        return price;
    }

    private String volumeSuffix() {
        return usageType.countsVolume() ? " by " + volumeField : "";
    }
}

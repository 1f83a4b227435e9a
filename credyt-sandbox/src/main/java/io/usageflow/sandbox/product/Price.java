package io.usageflow.sandbox.product;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One price of a product version. Immutable.
 *
 * @param usage absent for a fixed price
 * @param realTime false for recurring billing, which yields no fee per event
 */
public record Price(
        @Nullable String name, boolean realTime, Optional<UsageCalculation> usage, List<AssetTariffs> pricing) {
    public Price {
        pricing = List.copyOf(pricing);
    }

    /** Whether a customer has to pay before the subscription is active. */
    public boolean isPaidUpFront() {
        return usage.isEmpty();
    }

    public boolean counts(String eventType) {
        return realTime && usage.isPresent() && usage.get().eventType().equals(eventType);
    }

    /**
     * Which events a price counts, and how. Immutable.
     *
     * @param volumeField the key of a number in {@code data}; present if the type counts volume
     * @param dimensions the keys in {@code data} that choose the tariff
     */
    public record UsageCalculation(
            String eventType, UsageType usageType, @Nullable String volumeField, List<String> dimensions) {
        public UsageCalculation {
            dimensions = List.copyOf(dimensions);
        }
    }

    /** What a price counts. */
    public enum UsageType {
        /** Each event costs {@code unit_price}. */
        UNIT,
        /** Each event costs {@code data[volume_field] * volume_rate / package_size}. */
        VOLUME,
        /** The sum of both. */
        UNIT_AND_VOLUME;

        public boolean countsUnits() {
            return this != VOLUME;
        }

        public boolean countsVolume() {
            return this != UNIT;
        }

        public String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One entry of {@code pricing}: the charges in one asset. Immutable. */
    public record AssetTariffs(String asset, List<Tariff> tariffs) {
        public AssetTariffs {
            tariffs = List.copyOf(tariffs);
        }
    }

    /**
     * The rates for one combination of dimension values. Immutable.
     *
     * @param dimensions value by dimension, {@code *} for any other; empty if the price has no dimensions
     * @param rates all of them are charged
     */
    public record Tariff(Map<String, String> dimensions, List<Rate> rates) {
        public static final String ANY = "*";

        public Tariff {
            dimensions = Map.copyOf(dimensions);
            rates = List.copyOf(rates);
        }
    }

    /**
     * One entry of {@code values}.
     *
     * @param unitPrice per event; 0 if absent
     * @param volumeRate per package; 0 if absent
     * @param packageSize more than 0; 1 if absent
     */
    public record Rate(BigDecimal unitPrice, BigDecimal volumeRate, BigDecimal packageSize) {}
}

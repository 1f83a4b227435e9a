package io.usageflow.sandbox.catalogue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which events a price counts, and how. Immutable.
 *
 * @param volumeField the key of a number in {@code data}; present where the type counts volume
 * @param dimensions the keys in {@code data} that choose the tariff
 */
public record UsageCalculation(
        String eventType, UsageType usageType, @Nullable String volumeField, List<String> dimensions) {
    public UsageCalculation {
        dimensions = List.copyOf(dimensions);
    }
}

package io.usageflow.sandbox.catalogue;

import java.util.List;
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
}

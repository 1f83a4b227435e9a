package io.usageflow.sandbox.event;

import io.usageflow.sandbox.catalogue.ProductVersion;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What an event was billed.
 *
 * @param amount exact, not rounded
 * @param version whose price it is; null where the fee was set through the admin surface
 * @param price the price's name, where it has one
 */
public record Fee(
        BigDecimal amount,
        String asset,
        @Nullable ProductVersion version,
        @Nullable String price) {}

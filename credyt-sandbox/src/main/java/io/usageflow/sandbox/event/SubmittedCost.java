package io.usageflow.sandbox.event;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * A vendor cost as it was sent.
 *
 * @param vendorId exactly one of this and {@code vendorExternalId} is there in a valid cost
 */
record SubmittedCost(
        @Nullable String vendorId, @Nullable String vendorExternalId, BigDecimal amount, String currency) {}

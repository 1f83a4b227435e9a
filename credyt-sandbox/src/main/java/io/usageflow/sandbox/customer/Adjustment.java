package io.usageflow.sandbox.customer;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * A change of a balance from outside.
 *
 * @param transactionId the idempotency key
 * @param amount negative takes from the wallet
 */
public record Adjustment(
        String id, String transactionId, String account, String asset, BigDecimal amount, String reason, Instant at) {}

/** Holds {@code usage.balances} in memory: {@code KafkaBalances} reads it, {@code BalanceTable} answers. */
@NullMarked
package io.usageflow.producer.internal.balance;

import org.jspecify.annotations.NullMarked;

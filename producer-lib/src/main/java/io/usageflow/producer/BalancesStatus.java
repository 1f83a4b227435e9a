package io.usageflow.producer;

import java.util.Optional;

/**
 * How the reading of {@code usage.balances} is. A snapshot. Counters start with the {@link Balances}.
 *
 * @param loaded whether the topic has been read to the end that it had at the start
 * @param accounts with a balance in memory
 * @param accountsMax {@code balances.accounts.max}
 * @param ignored records of accounts for which there was no room
 * @param refused records that could not be used, such as those of another writer
 * @param hindrance why nothing is read at the moment, for a log; empty if nothing is in the way
 */
public record BalancesStatus(
        boolean loaded, int accounts, int accountsMax, long ignored, long refused, Optional<String> hindrance) {}

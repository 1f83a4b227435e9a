package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Accounts with unanswered dead letters of a blocked customer, and when the newest of each failed. Bounded: beyond it
 * the rest waits for the next look. Pure; one thread.
 */
final class BlockedAccounts {
    static final int ACCOUNTS_MAX = 10_000;

    private final Map<String, Instant> newestFailure = new HashMap<>();

    void add(StoredDeadLetter stored) {
        Instant failed = stored.letter().getLastFailedAt();
        stored.account()
                .filter(account -> newestFailure.size() < ACCOUNTS_MAX || newestFailure.containsKey(account))
                .ifPresent(account ->
                        newestFailure.merge(account, failed, (one, other) -> one.isAfter(other) ? one : other));
    }

    /** Accounts without a failure for this long, the longest first. A failed replay restarts the time. */
    List<String> due(Duration every, Instant now) {
        return newestFailure.entrySet().stream()
                .filter(account -> !account.getValue().plus(every).isAfter(now))
                .sorted(Map.Entry.<String, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }
}

package io.usageflow.forwarder.delivery;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Since when a customer's deliveries fail although the destination is well. Pure; one thread; times in nanoseconds of a
 * monotonic clock.
 *
 * <p>The budget is time, not attempts: how often something was tried depends on load, rebalances and restarts. Time in
 * which the circuit was open is not the customer's and is taken out ({@link #outageOf}).
 *
 * @param <C> names a customer
 */
final class FailingSince<C> {
    private final Map<C, Failing> failing = new HashMap<>();

    private record Failing(long sinceNanos, long lastNanos, int inARow) {}

    /**
     * What is known of a customer after a failure.
     *
     * @param sinceNanos when it began, outages taken out
     * @param failingFor since the first failure, outages taken out
     * @param previousNanos the failure before this one; empty at the first
     * @param inARow failures without a success, at least 1
     */
    record Standing(long sinceNanos, Duration failingFor, Optional<Long> previousNanos, int inARow) {}

    Standing failed(C customer, long nowNanos) {
        Failing before = failing.get(customer);
        Failing after = before == null
                ? new Failing(nowNanos, nowNanos, 1)
                : new Failing(before.sinceNanos, nowNanos, before.inARow + 1);
        failing.put(customer, after);
        return new Standing(
                after.sinceNanos,
                Duration.ofNanos(nowNanos - after.sinceNanos),
                Optional.ofNullable(before).map(Failing::lastNanos),
                after.inARow);
    }

    /** Well again: the next failure begins a new budget. */
    void succeeded(C customer) {
        if (!failing.isEmpty()) {
            failing.remove(customer);
        }
    }

    /** The circuit was open for this long and is closed again. */
    void outageOf(Duration open, long nowNanos) {
        failing.replaceAll((customer, entry) -> new Failing(
                // Not beyond now: a customer that began to fail during the outage has used nothing.
                entry.sinceNanos + Math.min(open.toNanos(), nowNanos - entry.sinceNanos),
                entry.lastNanos,
                entry.inARow));
    }

    /** Forgets all customers but these. */
    void retain(Set<C> customers) {
        failing.keySet().retainAll(customers);
    }

    int customers() {
        return failing.size();
    }
}

package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.queue.Customer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Tells the lack of funds of single customers from that of everybody, such as an unpaid account of the operator's.
 * Pure; one thread; times in nanoseconds of a monotonic clock.
 *
 * <p>A refusal is the customer's own if Credyt has accepted anything since the customer's first one. It is everybody's
 * while several customers are refused, nothing was accepted since their first refusals, and nothing is accepted.
 */
final class CommonRefusal {
    /** Customers that are refused before it counts as everybody's. */
    static final int CUSTOMERS_MIN = SurgeGuard.CUSTOMERS_MAX;

    private final Set<Customer> refused = new HashSet<>();
    private long beganNanos;

    /**
     * Notes a refusal.
     *
     * @param acceptedSince whether anything was accepted since the customer's first refusal
     */
    void refused(Customer customer, boolean acceptedSince, long nowNanos) {
        if (acceptedSince || isCommon()) {
            return;
        }
        refused.add(customer);
        if (isCommon()) {
            beganNanos = nowNanos;
        }
    }

    /**
     * Notes that something was accepted.
     *
     * @return for how long everybody was refused; empty if not everybody was
     */
    Optional<Duration> accepted(long nowNanos) {
        Optional<Duration> common =
                isCommon() ? Optional.of(Duration.ofNanos(nowNanos - beganNanos)) : Optional.empty();
        refused.clear();
        return common;
    }

    /** Whether everybody is refused. */
    boolean isCommon() {
        return refused.size() >= CUSTOMERS_MIN;
    }
}

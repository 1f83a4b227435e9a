package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.queue.Customer;
import java.util.HashSet;
import java.util.Set;

/**
 * Bounds how many events become dead letters because of Credyt's answers: each success allows one, beyond a reserve. A
 * Credyt that fails for most customers looks like many failing customers, and one that refuses everything after a
 * deployment looks like many wrong events. Without this guard, all events would become dead letters. Pure; one thread.
 *
 * <p>If every customer is refused and nothing is accepted, the events are not at fault: between two successes, only
 * events of a few customers become dead letters.
 */
public final class SurgeGuard {
    /** A new process has this fraction of the reserve, so that repeated restarts do not add up. */
    private static final int FIRST_SHARE = 10;
    /** Customers that may lose events while nothing is accepted. */
    static final int CUSTOMERS_MAX = 3;

    private final int max;
    private final Set<Customer> hitSinceSuccess = new HashSet<>();
    private long tokens;
    private boolean holding;

    /** Creates a guard with the largest reserve; 0 disables it. */
    SurgeGuard(int max) {
        this.max = max;
        this.tokens = firstShare();
    }

    private int firstShare() {
        return max == 0 ? 0 : Math.max(1, max / FIRST_SHARE);
    }

    /** Adds the number of accepted events, at least 1. */
    void earned(int events) {
        hitSinceSuccess.clear();
        tokens = Math.min(max, tokens + events);
        holding &= tokens < firstShare();
    }

    /** Returns how many of the customer's events may become dead letters now, from 0 to all. */
    public int take(Customer customer, int events) {
        if (max == 0 || events == 0) {
            return events;
        }
        boolean affectsAll = hitSinceSuccess.size() >= CUSTOMERS_MAX && !hitSinceSuccess.contains(customer);
        int granted = affectsAll ? 0 : (int) Math.min(tokens, events);
        if (granted > 0) {
            hitSinceSuccess.add(customer);
        }
        tokens -= granted;
        holding = granted < events;
        return granted;
    }

    /** Whether the guard holds events back. */
    public boolean holding() {
        return holding;
    }
}

package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.queue.Customer;
import java.util.HashSet;
import java.util.Set;

/**
 * How many events may become dead letters because of Credyt's answers: only as many as successes have earned, beyond a
 * reserve. A Credyt that fails for most customers looks like many failing customers, and one that refuses everything,
 * after a deploy of its own or of a producer, looks like many wrong events; without this guard either would turn all
 * events into dead letters. Pure; one thread.
 *
 * <p>A refusal that meets everybody while nothing is accepted is no event's fault: between two successes, events of a few
 * customers at most become dead letters, whatever the reserve.
 */
public final class SurgeGuard {
    /** Of the reserve, what a fresh process has: so that restarts in a row do not add up to a flood. */
    private static final int FIRST_SHARE = 10;
    /** Customers that may lose events while nothing is accepted. */
    static final int CUSTOMERS_MAX = 3;

    private final int max;
    private final Set<Customer> hitSinceSuccess = new HashSet<>();
    private long tokens;
    private boolean holding;

    /** @param max the largest reserve; 0: no guard */
    SurgeGuard(int max) {
        this.max = max;
        this.tokens = firstShare();
    }

    private int firstShare() {
        return max == 0 ? 0 : Math.max(1, max / FIRST_SHARE);
    }

    /** @param events number of accepted events, at least 1 */
    void earned(int events) {
        hitSinceSuccess.clear();
        tokens = Math.min(max, tokens + events);
        holding &= tokens < firstShare();
    }

    /** @return how many of the customer's events may become dead letters now, from 0 to all */
    public int take(Customer customer, int events) {
        if (max == 0 || events == 0) {
            return events;
        }
        boolean meetsEverybody = hitSinceSuccess.size() >= CUSTOMERS_MAX && !hitSinceSuccess.contains(customer);
        int granted = meetsEverybody ? 0 : (int) Math.min(tokens, events);
        if (granted > 0) {
            hitSinceSuccess.add(customer);
        }
        tokens -= granted;
        holding = granted < events;
        return granted;
    }

    /** Whether events wait that the guard did not let go. */
    public boolean holding() {
        return holding;
    }
}

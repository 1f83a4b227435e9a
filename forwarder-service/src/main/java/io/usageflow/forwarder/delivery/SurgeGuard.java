package io.usageflow.forwarder.delivery;

/**
 * How many events of failing customers may step aside: only as many as successes have earned, beyond a reserve. A Credyt
 * that fails for most customers and not for all looks like many failing customers; without this guard it would turn
 * everybody's events into dead letters. Pure; one thread.
 */
final class SurgeGuard {
    /** Of the reserve, what a fresh process has: so that restarts in a row do not add up to a flood. */
    private static final int FIRST_SHARE = 10;

    private final int max;
    private long tokens;
    private boolean holding;

    /** @param max the largest reserve; 0: no guard */
    SurgeGuard(int max) {
        this.max = max;
        this.tokens = max == 0 ? 0 : Math.max(1, max / FIRST_SHARE);
    }

    /** So many events were accepted. */
    void earned(int events) {
        tokens = Math.min(max, tokens + events);
    }

    /** @return how many of them may step aside now, from 0 to all */
    int take(int events) {
        if (max == 0) {
            return events;
        }
        int granted = (int) Math.min(tokens, events);
        tokens -= granted;
        holding = granted < events;
        return granted;
    }

    /** Whether the last that wanted to step aside had to wait. */
    boolean holding() {
        return holding;
    }
}

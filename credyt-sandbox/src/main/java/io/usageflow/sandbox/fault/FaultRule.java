package io.usageflow.sandbox.fault;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A fault, for whom, and for how long. Immutable.
 *
 * @param times the number of strikes after which it is spent; 0 for no bound
 * @param rate the share of the matching requests that it strikes, more than 0 and at most 1
 * @param seed of the choice by rate: the same seed strikes the same requests, counted from the rule's start
 * @param until it ends at this time; null for never
 */
public record FaultRule(
        FaultMatch match,
        Fault fault,
        int times,
        double rate,
        long seed,
        @Nullable Instant until) {
    public FaultRule {
        if (times < 0) {
            throw new IllegalArgumentException("times is " + times + ": use 0 for no bound, or more");
        }
        if (!(rate > 0 && rate <= 1)) {
            throw new IllegalArgumentException("rate is " + rate + ": use a number above 0 and at most 1");
        }
    }

    /** Strikes every matching request until the rules are cleared. */
    public static FaultRule always(FaultMatch match, Fault fault) {
        return new FaultRule(match, fault, 0, 1, 0, null);
    }

    /** Strikes the next matching requests. */
    public static FaultRule next(int times, FaultMatch match, Fault fault) {
        return always(match, fault).withTimes(times);
    }

    public FaultRule withTimes(int changed) {
        return new FaultRule(match, fault, changed, rate, seed, until);
    }

    public FaultRule withRate(double changed, long changedSeed) {
        return new FaultRule(match, fault, times, changed, changedSeed, until);
    }

    public FaultRule withUntil(Instant changed) {
        return new FaultRule(match, fault, times, rate, seed, changed);
    }
}

package io.usageflow.forwarder.delivery.health;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Since when and how one customer fails. Times in nanoseconds of a monotonic clock. Part of {@link FailureBudgets}; one
 * thread.
 */
final class CustomerFailure {
    final Set<TopicPartition> partitions = new HashSet<>();
    /** Without a meaning while it lacks funds. */
    long sinceNanos;
    /** Whether the last failure was a refusal for lack of funds. */
    boolean lacksFunds;
    /** Null if it was not refused for lack of funds since its last success. */
    @Nullable
    Long noFundsSinceNanos;

    /** Null if it failed only in an earlier process. */
    @Nullable
    Long lastNanos;

    int inARow;
    boolean blocked;
    boolean written;
    String cause = "";

    CustomerFailure(long sinceNanos) {
        this.sinceNanos = sinceNanos;
    }

    /** The beginning of the present trouble. */
    long beganNanos() {
        return lacksFunds && noFundsSinceNanos != null ? noFundsSinceNanos : sinceNanos;
    }

    void began(long nanos) {
        if (lacksFunds) {
            noFundsSinceNanos = nanos;
        } else {
            sinceNanos = nanos;
        }
    }

    /** Starts to fail in the other way. */
    void turn(boolean toNoFunds, long nowNanos) {
        lacksFunds = toNoFunds;
        inARow = 0;
        lastNanos = null;
        sinceNanos = nowNanos;
        noFundsSinceNanos = noFundsSinceNanos == null && toNoFunds ? Long.valueOf(nowNanos) : noFundsSinceNanos;
    }

    void exclude(Duration time, long nowNanos) {
        sinceNanos += Math.min(time.toNanos(), nowNanos - sinceNanos);
        excludeFromFunds(time, nowNanos);
    }

    void excludeFromFunds(Duration time, long nowNanos) {
        if (noFundsSinceNanos != null) {
            // Before now, so that what is accepted now comes after it.
            long past = Math.max(0, nowNanos - noFundsSinceNanos - 1);
            noFundsSinceNanos += Math.min(time.toNanos(), past);
        }
    }
}

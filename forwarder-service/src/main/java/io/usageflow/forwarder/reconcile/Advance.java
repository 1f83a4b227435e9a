package io.usageflow.forwarder.reconcile;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a reconciliation is.
 *
 * @param share of the receipts' topic that is behind it, 0 to 1
 * @param perSecond receipts judged a second in this run
 * @param left to the end at this speed; empty where nobody can say
 */
public record Advance(double share, double perSecond, Optional<Duration> left, ReconcileSummary summary) {

    /**
     * @param before share that was behind it when this run began
     * @param receipts judged in this run
     */
    static Advance of(double share, double before, long receipts, Duration elapsed, ReconcileSummary summary) {
        double seconds = Math.max(0.001, elapsed.toMillis() / 1e3);
        double gained = share - before;
        return new Advance(
                share,
                receipts / seconds,
                gained <= 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis((long) ((1 - share) / gained * elapsed.toMillis()))),
                summary);
    }
}

package io.usageflow.forwarder.reconcile.receipts;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a reconciliation is.
 *
 * @param share of the receipts' topic that is behind it, 0 to 1
 * @param perSecond receipts checked per second in this run
 * @param left to the end at this speed; empty where it is unknown
 */
public record ReconcileProgress(double share, double perSecond, Optional<Duration> left, ReconcileSummary summary) {

    /**
     * @param before share that was behind it when this run began
     * @param receipts checked in this run
     */
    public static ReconcileProgress of(
            double share, double before, long receipts, Duration elapsed, ReconcileSummary summary) {
        double seconds = Math.max(0.001, elapsed.toMillis() / 1e3);
        double gained = share - before;
        return new ReconcileProgress(
                share,
                receipts / seconds,
                gained <= 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis((long) ((1 - share) / gained * elapsed.toMillis()))),
                summary);
    }
}

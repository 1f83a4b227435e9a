package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.publish.line.AmountRounding.Rounded;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Statistics of the good lines. Immutable.
 *
 * @param repeated lines that equal an earlier line with the same id; they were not sent again
 * @param tooOld events that admission will make {@code TOO_OLD} dead letters
 * @param inFuture events that admission will make {@code IN_FUTURE} dead letters
 * @param rounded amounts that were rounded
 * @param differences by currency: the sum of the rounded amounts minus the sum of the given ones
 */
public record LineStatistics(
        long repeated, long tooOld, long inFuture, long rounded, Map<String, BigDecimal> differences) {
    static final LineStatistics NOTHING = new LineStatistics(0, 0, 0, 0, Map.of());

    public LineStatistics {
        differences = Map.copyOf(differences);
    }

    /** Counts good lines. For the reading thread. */
    static final class LineCounters {
        private final Map<String, BigDecimal> differences = new HashMap<>();
        private long repeated;
        private long tooOld;
        private long inFuture;
        private long rounded;

        void repeated() {
            repeated++;
        }

        /** Returns whether it is the first of its kind, which gets the warning. */
        boolean untimely(TimeWindow.Fault fault) {
            return fault.future() ? inFuture++ == 0 : tooOld++ == 0;
        }

        void rounded(List<Rounded> amounts) {
            rounded += amounts.size();
            amounts.forEach(amount -> differences.merge(amount.currency(), amount.difference(), BigDecimal::add));
        }

        LineStatistics now() {
            return new LineStatistics(repeated, tooOld, inFuture, rounded, differences);
        }
    }
}

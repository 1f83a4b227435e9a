package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.publish.line.AmountRounding.Rounded;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What there is to say of good lines. Immutable.
 *
 * @param repeated lines that say the same as an earlier one under its id; they were not sent again
 * @param tooOld events that admission will hold as {@code TOO_OLD}
 * @param inFuture events that admission will hold as {@code IN_FUTURE}
 * @param rounded amounts that were rounded
 * @param differences by currency: the sum of the rounded amounts less that of the given ones
 */
public record LineStatistics(
        long repeated, long tooOld, long inFuture, long rounded, Map<String, BigDecimal> differences) {
    static final LineStatistics NOTHING = new LineStatistics(0, 0, 0, 0, Map.of());

    public LineStatistics {
        differences = Map.copyOf(differences);
    }

    /** Counts what there is to say of good lines. For the thread that reads. */
    static final class LineCounters {
        private final Map<String, BigDecimal> differences = new HashMap<>();
        private long repeated;
        private long tooOld;
        private long inFuture;
        private long rounded;

        void repeated() {
            repeated++;
        }

        /** Returns whether it is the first of its kind: one warning is enough, the others are counted. */
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

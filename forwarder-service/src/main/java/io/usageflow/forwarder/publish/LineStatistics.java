package io.usageflow.forwarder.publish;

import java.math.BigDecimal;
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
}

package io.usageflow.forwarder.publish;

import io.usageflow.forwarder.publish.value.AmountRounding.Rounded;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts what there is to say of good lines. For the thread that reads. */
final class LineCounters {
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

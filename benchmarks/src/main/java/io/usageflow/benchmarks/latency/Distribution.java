package io.usageflow.benchmarks.latency;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.report.Rounded;
import java.util.Arrays;

/** Times of one round, in milliseconds. Immutable. */
record Distribution(double p50, double p90, double p99, double p999, double max) {
    /** @param micros one for each event, at least one; is sorted */
    static Distribution of(long[] micros) {
        Arrays.sort(micros);
        return new Distribution(at(micros, 0.5), at(micros, 0.9), at(micros, 0.99), at(micros, 0.999), at(micros, 1));
    }

    /** The smallest value that this share of all do not exceed. */
    private static double at(long[] sorted, double share) {
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(1, rank) - 1] / 1e3;
    }

    ObjectNode json() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("p50_ms", Rounded.to(1, p50))
                .put("p90_ms", Rounded.to(1, p90))
                .put("p99_ms", Rounded.to(1, p99))
                .put("p999_ms", Rounded.to(1, p999))
                .put("max_ms", Rounded.to(1, max));
    }
}

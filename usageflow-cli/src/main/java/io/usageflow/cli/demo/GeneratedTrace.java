package io.usageflow.cli.demo;

import io.usageflow.cli.demo.DemoTrace.TraceRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A trace like Azure's where none is given: bursts and lulls, two services, long-tailed token counts (long prompts and
 * short answers for code, the other way about for chat). Always the same for the same number of requests.
 */
final class GeneratedTrace {
    private static final long SEED = 20_231_116;
    private static final Instant BEGIN = Instant.parse("2023-11-16T18:00:00Z");

    private GeneratedTrace() {}

    static DemoTrace of(int events) {
        Random random = new Random(SEED);
        List<TraceRow> rows = new ArrayList<>(events);
        Instant at = BEGIN;
        double pace = 1;
        for (int i = 0; i < events; i++) {
            if (random.nextInt(400) == 0) {
                // A new burst or lull: from a tenth to ten times the usual gap.
                pace = Math.pow(10, random.nextDouble() * 2 - 1);
            }
            at = at.plus(Duration.ofNanos((long) (-Math.log(1 - random.nextDouble()) * pace * 100_000_000)));
            boolean code = random.nextInt(3) == 0;
            rows.add(new TraceRow(
                    code ? "generated-code" : "generated-chat",
                    i + 2L,
                    at,
                    logNormal(random, code ? 1500 : 900, 0.9),
                    logNormal(random, code ? 20 : 200, 0.8)));
        }
        return new DemoTrace(rows, List.of());
    }

    private static long logNormal(Random random, double median, double sigma) {
        return Math.max(1, Math.round(median * Math.exp(random.nextGaussian() * sigma)));
    }
}

package io.usageflow.benchmarks.expiry;

import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.ground.Measured;
import io.usageflow.benchmarks.ground.Side;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.report.Series;
import io.usageflow.benchmarks.side.SideKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admission that forgets ids against admission that keeps them, in turns; the first round is dropped. Both have a slice's
 * ids when a slice comes. To the one that forgets it comes when the window of those before is over: while it handles the
 * slice it forgets as many ids as it remembers, as it would all the time with a window full of steady traffic.
 */
public final class ExpiryBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryBenchmark.class);
    /** Less would not be what the figure says it is. */
    private static final double FORGOTTEN_MIN = 0.9;

    private final ExpiryPlan plan;
    private final SideOptions options;

    public ExpiryBenchmark(ExpiryPlan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    /** Takes a window for each round. @throws IllegalStateException where a side fails or does not do its work */
    public ExpiryResults run() {
        try (Ground ground = Ground.start();
                Side forgetting =
                        Side.start(ground, "forgetting", SideKind.ADMISSION, options.with(ExpiryPlan.FORGETTING));
                Side keeping = Side.start(ground, "keeping", SideKind.ADMISSION, options)) {
            forgetting.feedUpTo(plan.slice());
            long windowOver = windowOver();
            List<Measured> forgets = new ArrayList<>();
            List<Measured> keeps = new ArrayList<>();
            List<Long> forgotten = new ArrayList<>();
            for (int round = 0; round <= plan.rounds(); round++) {
                keeping.empty();
                keeping.feedUpTo(plan.slice());
                Measured kept = keeping.measureWhole(plan.slice());
                requireForgotten(keeping, 0, 0);
                pauseUntil(windowOver);
                long before = forgetting.forgotten();
                long remembered = forgetting.ids() - before;
                Measured forgot = forgetting.measureWhole(plan.slice());
                long inSlice = forgetting.forgotten() - before;
                windowOver = windowOver();
                LOG.info("forgetting: {} of {} ids forgotten meanwhile", inSlice, remembered);
                requireForgotten(forgetting, before + Math.round(remembered * FORGOTTEN_MIN), before + remembered);
                if (round > 0) {
                    keeps.add(kept);
                    forgets.add(forgot);
                    forgotten.add(inSlice);
                }
            }
            forgetting.requireExact();
            keeping.requireExact();
            return new ExpiryResults(
                    plan,
                    options,
                    new Series("forgetting", "admission that forgets as many ids as come", forgets),
                    new Series("keeping", "admission that keeps all, emptied before each round", keeps),
                    forgotten);
        }
    }

    private static void requireForgotten(Side side, long least, long most) {
        long forgotten = side.forgotten();
        if (forgotten < least || forgotten > most) {
            throw new IllegalStateException("side " + side.name() + " has forgotten " + forgotten + " ids and not "
                    + least + " to " + most + ": does --set change a window, or is a slice over within five seconds?");
        }
    }

    /** Of all that was written until now, in {@link System#nanoTime()}. */
    private static long windowOver() {
        return System.nanoTime() + ExpiryPlan.WINDOW.plusSeconds(1).toNanos();
    }

    private static void pauseUntil(long nanos) {
        try {
            for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
                Thread.sleep(Duration.ofNanos(left).toMillis() + 1);
            }
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}

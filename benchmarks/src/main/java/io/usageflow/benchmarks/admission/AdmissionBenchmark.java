package io.usageflow.benchmarks.admission;

import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.ground.Measured;
import io.usageflow.benchmarks.ground.Side;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.report.Series;
import io.usageflow.benchmarks.side.SideKind;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admission against a plain copy, against itself with nothing remembered, and against the usual recipe. The sides take
 * turns within each round; the first round is dropped.
 */
public final class AdmissionBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(AdmissionBenchmark.class);

    private final AdmissionPlan plan;
    private final SideOptions options;

    public AdmissionBenchmark(AdmissionPlan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    /** Takes as long as the plan says. @throws IllegalStateException where a side fails or does not do its work */
    public AdmissionResults run() {
        LOG.info("starting broker and registry");
        try (Ground ground = Ground.start();
                Side admission = Side.start(ground, "admission", SideKind.ADMISSION, options)) {
            AdmissionResults.BesideRecipe besideRecipe = besideRecipe(ground, admission);
            LOG.info("giving admission {} ids", plan.ids());
            admission.feedUpTo(plan.ids());
            Side.Memory memory = admission.memory();
            AdmissionResults.BesideCopy besideCopy = besideCopy(ground, admission);
            admission.requireExact();
            requireNoneForgotten(admission);
            return new AdmissionResults(plan, options, besideRecipe, besideCopy, memory, admission.memory());
        }
    }

    /** The figures speak of ids that are remembered. */
    private static void requireNoneForgotten(Side admission) {
        long forgotten = admission.forgotten();
        if (forgotten != 0) {
            throw new IllegalStateException(forgotten + " ids were forgotten on the way, so that P1 and P2 would not be"
                    + " with all of them remembered: take a longer admission.dedup.window, or measure expiry with"
                    + " benchmarks/run expiry");
        }
    }

    /** P3; before the rest, while admission remembers no more than the recipe does. */
    private AdmissionResults.BesideRecipe besideRecipe(Ground ground, Side admission) {
        try (Side recipe = Side.start(ground, "window-store", SideKind.WINDOW_STORE, options)) {
            LOG.info("giving admission and the window store {} ids each", plan.idsBesideRecipe());
            admission.feedUpTo(plan.idsBesideRecipe());
            recipe.feedUpTo(plan.idsBesideRecipe());
            List<Measured> ours = new ArrayList<>();
            List<Measured> theirs = new ArrayList<>();
            for (int round = 0; round <= plan.rounds(); round++) {
                keep(round, ours, admission.measure(plan.slices().admission()));
                keep(round, theirs, recipe.measure(plan.slices().recipe()));
            }
            recipe.requireExact();
            return new AdmissionResults.BesideRecipe(
                    new Series("admission", "admission, as many ids as the window store or more", ours),
                    new Series(
                            "window-store", "the usual recipe: window store, range fetch of 2 days, then put", theirs));
        }
    }

    /** P1 and P2. */
    private AdmissionResults.BesideCopy besideCopy(Ground ground, Side admission) {
        try (Side copy = Side.start(ground, "copy", SideKind.COPY, options);
                Side emptied = Side.start(ground, "admission-empty", SideKind.ADMISSION, options)) {
            copy.feedUpTo(plan.warmUp());
            emptied.feedUpTo(plan.warmUp());
            List<Measured> full = new ArrayList<>();
            List<Measured> empty = new ArrayList<>();
            List<Measured> copied = new ArrayList<>();
            for (int round = 0; round <= plan.rounds(); round++) {
                keep(round, copied, copy.measure(plan.slices().copy()));
                keep(round, full, admission.measure(plan.slices().admission()));
                emptied.empty();
                emptied.feedUpTo(plan.slices().primer());
                keep(round, empty, emptied.measure(plan.slices().admission()));
            }
            copy.requireExact();
            emptied.requireExact();
            return new AdmissionResults.BesideCopy(
                    new Series("admission", "admission with the ids remembered, links and ledger", full),
                    new Series("admission-empty", "admission with nothing remembered before each round", empty),
                    new Series("copy", "exactly-once copy of the bytes with admission's settings of Streams", copied));
        }
    }

    private static void keep(int round, List<Measured> kept, Measured measured) {
        if (round > 0) {
            kept.add(measured);
        }
    }
}

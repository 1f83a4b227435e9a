package io.usageflow.benchmarks.admission;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.BenchmarkCommand;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Rounds;
import io.usageflow.benchmarks.measure.Series;
import io.usageflow.benchmarks.measure.Series.Figure;
import io.usageflow.benchmarks.side.Side;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * P1, P2, P3 and P11: admission against a plain copy, against itself with nothing remembered, and against the usual
 * recipe. Then P2b, P11b and P14 ({@link ManyIds}). The sides take turns within each round; the first round is dropped.
 */
public final class AdmissionBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(AdmissionBenchmark.class);

    private final Plan plan;
    private final SideOptions options;

    AdmissionBenchmark(Plan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    @Command(
            name = "admission",
            description = "P1, P2, P3 and P11: admission against a plain copy, against itself with nothing remembered,"
                    + " against the usual recipe, and its memory. P2b, P11b and P14: the same with many ids, a restart"
                    + " and a takeover.")
    public static final class Cli extends BenchmarkCommand {
        @Mixin
        private SideOptions.Flags flags = new SideOptions.Flags();

        @Option(
                names = "--many-ids",
                paramLabel = "N",
                description = "Ids for P2b, P11b and P14 (default: 200000000, with --quick 2000000).")
        private @Nullable Long manyIds;

        @Option(names = "--only-many", description = "P2b, P11b and P14 alone.")
        private boolean onlyMany;

        @Override
        protected Report measure(boolean quick) {
            Plan plan = quick ? Plan.quickly() : Plan.full();
            return new AdmissionBenchmark(
                            plan.withMany(manyIds == null ? plan.manyIds() : manyIds, onlyMany), flags.with(jvm()))
                    .run();
        }
    }

    /**
     * How much is measured. Immutable.
     *
     * @param quick whether this is too small to judge by
     * @param rounds that count; one more comes before and is dropped
     * @param ids remembered for P1, P2 and P11
     * @param idsBesideRecipe remembered for P3, by both sides
     * @param warmUp events given to a side that remembers nothing before its first round, so that its JVM is warm too
     * @param slices how much is measured at once
     * @param manyIds remembered for P2b, P11b and P14
     * @param onlyMany only these are measured
     */
    record Plan(
            boolean quick,
            int rounds,
            long ids,
            long idsBesideRecipe,
            long warmUp,
            Slices slices,
            long manyIds,
            boolean onlyMany) {
        Plan {
            if (rounds < 1 || ids < idsBesideRecipe) {
                throw new IllegalArgumentException("at least one round, and ids (" + ids + ") not below "
                        + idsBesideRecipe + ": for P3 admission is measured on its way there");
            }
        }

        Plan withMany(long many, boolean alone) {
            return new Plan(quick, rounds, ids, idsBesideRecipe, warmUp, slices, many, alone);
        }

        /** The sizes of the goals; about half an hour on two cores. */
        static Plan full() {
            return new Plan(
                    false,
                    5,
                    5_000_000,
                    1_000_000,
                    1_000_000,
                    new Slices(300_000, 500_000, 100_000),
                    200_000_000,
                    false);
        }

        /** Whether everything works, and roughly how fast; two or three minutes. */
        static Plan quickly() {
            return new Plan(true, 2, 200_000, 100_000, 100_000, new Slices(50_000, 50_000, 50_000), 2_000_000, false);
        }
    }

    /**
     * Events of a slice for each side, such that slices take about equally long.
     *
     * @param copy is several times faster than admission
     * @param recipe is several times slower
     */
    record Slices(long admission, long copy, long recipe) {
        Slices {
            if (admission < 1 || copy < 1 || recipe < 1) {
                throw new IllegalArgumentException("a slice has at least one event");
            }
        }

        /** Events that a freshly started program gets before its slice: its connections and caches are filled then. */
        long primer() {
            return Math.max(1, admission / 20);
        }
    }

    /** Runs the plan. Throws if a side fails or does not do its work. */
    Report run() {
        Report report = new Report("admission", plan.quick());
        Map<String, Object> details = new LinkedHashMap<>();
        Map<String, Object> sides = new LinkedHashMap<>();
        LOG.info("event=starting parts=\"broker, registry\"");
        try (BenchmarkCluster cluster = BenchmarkCluster.start()) {
            if (!plan.onlyMany()) {
                fewIds(cluster, report, details, sides);
            }
            ManyIds.measure(cluster, options, plan).writeTo(report, details, sides);
        }
        report.put("figures", details);
        report.put("sides", sides);
        report.settings(plan, options.setup());
        return report;
    }

    private void fewIds(
            BenchmarkCluster cluster, Report report, Map<String, Object> details, Map<String, Object> sides) {
        try (Side admission = Side.start(cluster, "admission", SideKind.ADMISSION, options)) {
            List<Series> besideRecipe = besideRecipe(cluster, admission);
            LOG.info("event=filling side=admission ids={}", plan.ids());
            admission.feedUpTo(plan.ids());
            Side.Memory memory = admission.memory();
            List<Series> besideCopy = besideCopy(cluster, admission);
            admission.requireExact();
            requireNoneForgotten(admission);
            List<Figure> figures = List.of(
                    new Figure("P1", ">= 0.45", besideCopy.get(0), besideCopy.get(2)),
                    new Figure("P2", ">= 0.9", besideCopy.get(0), besideCopy.get(1)),
                    new Figure("P3", "none", besideRecipe.get(0), besideRecipe.get(1)));
            figures.forEach(report::figure);
            details.putAll(Figure.byName(figures));
            long memoryMiB = memory.peak() >> 20;
            report.figure("P11", memoryMiB, "MiB", "(goal <= 640)");
            details.put("P11", MemoryFigure.of(memory, admission.memory()));
            sides.put("P1,P2", Series.bySide(besideCopy));
            sides.put("P3", Series.bySide(besideRecipe));
        }
    }

    /** The figures hold only if every id is remembered. */
    private static void requireNoneForgotten(Side admission) {
        long forgotten = admission.forgotten();
        if (forgotten != 0) {
            throw new IllegalStateException(forgotten + " ids were forgotten on the way, so that P1 and P2 would not be"
                    + " with all of them remembered: take a longer admission.dedup.window, or measure expiry with"
                    + " benchmarks/run expiry");
        }
    }

    /** P3; before the rest, while admission remembers no more than the recipe does. */
    private List<Series> besideRecipe(BenchmarkCluster cluster, Side admission) {
        try (Side recipe = Side.start(cluster, "window-store", SideKind.WINDOW_STORE, options)) {
            LOG.info("event=filling side=\"admission, window store\" ids={}", plan.idsBesideRecipe());
            admission.feedUpTo(plan.idsBesideRecipe());
            recipe.feedUpTo(plan.idsBesideRecipe());
            Map<Side, List<Series.Turn>> turns = Rounds.alternate(
                    1,
                    plan.rounds(),
                    List.of(admission, recipe),
                    side -> side.measure(
                            side == recipe
                                    ? plan.slices().recipe()
                                    : plan.slices().admission()));
            recipe.requireExact();
            return List.of(
                    series(turns, admission, "admission, as many ids as the window store or more"),
                    series(turns, recipe, "the usual recipe: window store, range fetch of 2 days, then put"));
        }
    }

    /** P1 and P2. */
    private List<Series> besideCopy(BenchmarkCluster cluster, Side admission) {
        try (Side copy = Side.start(cluster, "copy", SideKind.COPY, options);
                Side emptied = Side.start(cluster, "admission-empty", SideKind.ADMISSION, options)) {
            copy.feedUpTo(plan.warmUp());
            emptied.feedUpTo(plan.warmUp());
            Map<Side, List<Series.Turn>> turns =
                    Rounds.alternate(1, plan.rounds(), List.of(copy, admission, emptied), side -> {
                        if (side == copy) {
                            return copy.measure(plan.slices().copy());
                        }
                        if (side == emptied) {
                            emptied.empty();
                            emptied.feedUpTo(plan.slices().primer());
                        }
                        return side.measure(plan.slices().admission());
                    });
            copy.requireExact();
            emptied.requireExact();
            return List.of(
                    series(turns, admission, "admission with the ids remembered, links and ledger"),
                    series(turns, emptied, "admission with nothing remembered before each round"),
                    series(turns, copy, "exactly-once copy of the bytes with admission's settings of Streams"));
        }
    }

    private static Series series(Map<Side, List<Series.Turn>> turns, Side side, String what) {
        return new Series(side.name(), what, turns.getOrDefault(side, List.of()));
    }

    private record MemoryFigure(
            long value, String goal, String of, long residentMiB, long residentInTheEndMiB, long peakInTheEndMiB) {
        /**
         * Of admission's process.
         *
         * @param filled once it remembered the ids, before it was measured with them
         * @param end after that
         */
        static MemoryFigure of(Side.Memory filled, Side.Memory end) {
            return new MemoryFigure(
                    filled.peak() >> 20,
                    "<= 640",
                    "MiB of admission's process, the most up to the moment when all ids were remembered (VmHWM)",
                    filled.resident() >> 20,
                    end.resident() >> 20,
                    end.peak() >> 20);
        }
    }
}

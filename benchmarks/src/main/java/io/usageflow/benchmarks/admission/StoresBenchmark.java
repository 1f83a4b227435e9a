package io.usageflow.benchmarks.admission;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.BenchmarkCommand;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Rounds;
import io.usageflow.benchmarks.measure.Series;
import io.usageflow.benchmarks.side.Side;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Ways to remember ids, compared: all get the same number of ids and take turns; the first round is dropped. Then their
 * state is taken away, and the time they need to have it again is measured.
 */
public final class StoresBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(StoresBenchmark.class);

    private final Plan plan;
    private final SideOptions options;

    StoresBenchmark(Plan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    @Command(
            name = "stores",
            description = "Ways to remember ids, compared: speed, CPU, disk, and the time to restore them.")
    public static final class Cli extends BenchmarkCommand {
        @Option(
                names = "--only",
                paramLabel = "STORE",
                split = ",",
                description =
                        "Some of them: copy, window-store, window-exact, kv-default, kv-tuned, kv-filtered, kv-memory,"
                                + " admission (default: all).")
        private List<String> only = List.of();

        @Mixin
        private SideOptions.Flags flags = new SideOptions.Flags();

        @Override
        protected Report measure(boolean quick) {
            List<SideKind> kinds = only.isEmpty()
                    ? SideKind.stores()
                    : only.stream().map(this::kind).toList();
            return new StoresBenchmark(quick ? Plan.quickly(kinds) : Plan.full(kinds), flags.with(jvm())).run();
        }

        private SideKind kind(String word) {
            try {
                return SideKind.ofWord(word, SideKind.stores());
            } catch (IllegalArgumentException unknown) {
                throw refused("--only: " + unknown.getMessage());
            }
        }
    }

    /**
     * How much is measured. Immutable.
     *
     * @param quick whether this is too small to judge by
     * @param kinds what is compared
     * @param rounds that count; one more comes before and is dropped
     * @param ids remembered when the rounds begin
     * @param slice events of a slice
     */
    record Plan(boolean quick, List<SideKind> kinds, int rounds, long ids, long slice) {
        Plan {
            kinds = List.copyOf(kinds);
            if (kinds.isEmpty() || rounds < 1 || ids < 1 || slice < 1) {
                throw new IllegalArgumentException("at least one store, one round, one id and one event");
            }
        }

        /** Half an hour on two cores with all kinds. */
        static Plan full(List<SideKind> kinds) {
            return new Plan(false, kinds, 4, 1_000_000, 150_000);
        }

        /** Whether everything works. */
        static Plan quickly(List<SideKind> kinds) {
            return new Plan(true, kinds, 1, 50_000, 20_000);
        }
    }

    /** Runs the plan. Throws if a side fails or does not do its work. */
    Report run() {
        List<Side> sides = new ArrayList<>();
        try (BenchmarkCluster cluster = BenchmarkCluster.start()) {
            try {
                for (SideKind kind : plan.kinds()) {
                    Side side = Side.start(cluster, kind.word(), kind, options);
                    sides.add(side);
                    LOG.info("event=filling side={} ids={}", side.name(), plan.ids());
                    side.feedUpTo(plan.ids());
                }
                return report(Rounds.alternate(1, plan.rounds(), sides, side -> side.measure(plan.slice())));
            } finally {
                sides.forEach(Side::close);
            }
        }
    }

    private record StoreView(
            @JsonUnwrapped Series series,
            long ids,
            double diskBytesPerId,
            double restartSeconds,
            double restoreSeconds,
            long residentMiB) {}

    private Report report(Map<Side, List<Series.Turn>> turns) {
        Report report = new Report("stores", plan.quick());
        report.row("store", "events/s", "us/event", "B/id", "restore s");
        Map<String, StoreView> stores = new LinkedHashMap<>();
        turns.forEach((side, rounds) -> {
            StoreView store = restarted(side, rounds);
            stores.put(side.name(), store);
            report.row(
                    side.name(),
                    store.series.eventsPerSecond(),
                    store.series.cpuMicrosPerEvent(),
                    store.diskBytesPerId,
                    store.restoreSeconds);
        });
        report.put("stores", stores);
        report.settings(Map.of("ids", plan.ids(), "rounds", plan.rounds(), "slice", plan.slice()), options.setup());
        return report;
    }

    /** Measures the disk, and both restarts until events would flow: with the state folder kept, and after its loss. */
    private static StoreView restarted(Side side, List<Series.Turn> rounds) {
        side.requireExact();
        Side.Memory memory = side.memory();
        long ids = side.ids();
        Duration restart = side.restart(true);
        // Read after the restart: what was only in memory has been written by the stop.
        long bytes = side.stateBytes();
        Duration restore = side.restart(false);
        LOG.info("event=measured side={} bytes={} restart={} restore={}", side.name(), bytes, restart, restore);
        return new StoreView(
                new Series(side.name(), side.kind().word(), rounds),
                ids,
                (double) bytes / ids,
                restart.toMillis() / 1e3,
                restore.toMillis() / 1e3,
                memory.resident() >> 20);
    }
}

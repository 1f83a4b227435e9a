package io.usageflow.benchmarks.admission;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.AnonymousMemory;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Rounds;
import io.usageflow.benchmarks.measure.Series;
import io.usageflow.benchmarks.measure.Series.Figure;
import io.usageflow.benchmarks.side.Side;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P2b, P11b and P14: admission with many ids against admission with none, its memory, and the time of a restart and of
 * a takeover. The ids come through the changelog, so their restoration is measured too.
 *
 * @param memoryMiB the most anonymous memory of admission's process, from its start to the end of the rounds
 * @param restart from the start of a new process until it has handled events
 * @param takeover from the death of the process, in the middle of events, until its standby has handled them and more
 */
record ManyIds(Series many, Series none, Side.Preload preload, long memoryMiB, Duration restart, Duration takeover) {
    private static final Logger LOG = LoggerFactory.getLogger(ManyIds.class);
    private static final Map<String, String> STANDBY = Map.of("admission.standby.replicas", "1");

    /** Measures, on sides of their own. */
    static ManyIds measure(BenchmarkCluster cluster, SideOptions options, AdmissionBenchmark.Plan plan) {
        try (Side many = Side.start(cluster, "admission-many", SideKind.ADMISSION, options.with(STANDBY));
                Side none = Side.start(cluster, "admission-none", SideKind.ADMISSION, options);
                AnonymousMemory memory = new AnonymousMemory(many.pid())) {
            LOG.info("event=filling side=admission-many ids={}", plan.manyIds());
            Side.Preload preload = many.preload(plan.manyIds());
            LOG.info("event=filled side=admission-many result=\"{}\"", preload);
            many.feedUpTo(plan.warmUp());
            none.feedUpTo(plan.warmUp());
            Map<Side, List<Series.Turn>> turns = Rounds.alternate(1, plan.rounds(), List.of(many, none), side -> {
                if (side == none) {
                    none.empty();
                    none.feedUpTo(plan.slices().primer());
                }
                return side.measure(plan.slices().admission());
            });
            long memoryMiB = memory.peak() >> 20;
            Duration restart = many.restartProcess(plan.slices().primer());
            LOG.info("event=restarted side=admission-many time={}", restart);
            Duration takeover = many.takeOver(preload.records(), plan.slices().primer());
            LOG.info("event=taken_over side=admission-many time={}", takeover);
            none.requireExact();
            return new ManyIds(
                    new Series("admission-many", "admission with many ids", turns.getOrDefault(many, List.of())),
                    new Series(
                            "admission-none",
                            "admission with nothing remembered before each round",
                            turns.getOrDefault(none, List.of())),
                    preload,
                    memoryMiB,
                    restart,
                    takeover);
        }
    }

    void writeTo(Report report, Map<String, Object> details, Map<String, Object> sides) {
        Figure ratio = new Figure("P2b", ">= 0.7", many, none);
        report.figure(ratio);
        report.figure("P11b", memoryMiB, "MiB", "(goal <= 1024)");
        report.figure("P14_restart_s", seconds(restart), "s", "(goal <= 30)");
        report.figure("P14_takeover_s", seconds(takeover), "s after the death of the other", "(goal <= 15)");
        report.figure("restore_s", seconds(preload.restored()), "s after the loss of the state folder");
        details.put("P2b", ratio);
        sides.put("P2b", Series.bySide(List.of(many, none)));
        report.put("preload", Map.of("records", preload.records(), "writtenSeconds", seconds(preload.written())));
    }

    private static double seconds(Duration time) {
        return time.toMillis() / 1e3;
    }
}

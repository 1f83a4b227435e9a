package io.usageflow.benchmarks.admission;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.BenchmarkCommand;
import io.usageflow.benchmarks.measure.Polling;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Admission that forgets ids against admission that keeps them, in turns; the first round is dropped. Both have a
 * slice's ids when a slice comes. The one that forgets gets its slice when the window of those ids is over: while it
 * handles the slice it forgets as many ids as it remembers, as it would all the time with a window full of steady
 * traffic.
 */
public final class ExpiryBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryBenchmark.class);

    /** A smaller share of the ids would not be what the figure says it is. */
    private static final double FORGOTTEN_MIN = 0.9;

    /** The shortest window there is. */
    private static final Duration WINDOW = Duration.ofMinutes(1);

    /** Of the side that forgets; events are fresh by far more than the skew. */
    private static final Map<String, String> FORGETTING =
            Map.of("admission.dedup.window", WINDOW.toSeconds() + "s", "admission.clock.skew", "5s");

    private final Plan plan;
    private final SideOptions options;

    ExpiryBenchmark(Plan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    @Command(
            name = "expiry",
            description = "Admission that forgets as many ids as come against admission that keeps all.")
    public static final class Cli extends BenchmarkCommand {
        @Mixin
        private SideOptions.Flags flags = new SideOptions.Flags();

        @Override
        protected Report measure(boolean quick) {
            return new ExpiryBenchmark(quick ? Plan.quickly() : Plan.full(), flags.with(jvm())).run();
        }
    }

    /**
     * How much is measured. Immutable.
     *
     * @param quick whether this is too small to judge by
     * @param rounds that count; one more comes before and is dropped
     * @param slice events of a slice, and ids that are remembered when it comes. Admission forgets every five seconds,
     *     so a slice has to take longer than that
     */
    record Plan(boolean quick, int rounds, long slice) {
        Plan {
            if (rounds < 1 || slice < 1) {
                throw new IllegalArgumentException("at least one round and one event");
            }
        }

        /** Ten minutes on two cores. */
        static Plan full() {
            return new Plan(false, 5, 1_500_000);
        }

        /** Whether it works; a window has to pass between the rounds. */
        static Plan quickly() {
            return new Plan(true, 1, 1_000_000);
        }
    }

    /** One round, with the number of ids forgotten while the slice was handled. */
    private record Round(Series.Turn kept, Series.Turn forgot, long forgotten) {}

    /** Takes a window for each round. Throws if a side fails or does not do its work. */
    Report run() {
        try (BenchmarkCluster cluster = BenchmarkCluster.start();
                Side forgetting = Side.start(cluster, "forgetting", SideKind.ADMISSION, options.with(FORGETTING));
                Side keeping = Side.start(cluster, "keeping", SideKind.ADMISSION, options)) {
            forgetting.feedUpTo(plan.slice());
            long[] windowOver = {windowOver()};
            List<Round> rounds = Rounds.repeat(1, plan.rounds(), () -> {
                Round round = round(keeping, forgetting, windowOver[0]);
                windowOver[0] = windowOver();
                return round;
            });
            forgetting.requireExact();
            keeping.requireExact();
            return report(rounds);
        }
    }

    private Round round(Side keeping, Side forgetting, long windowOver) {
        keeping.empty();
        keeping.feedUpTo(plan.slice());
        Series.Turn kept = keeping.measureWhole(plan.slice());
        requireForgotten(keeping, 0, 0);
        Polling.sleep(Duration.ofNanos(Math.max(0, windowOver - System.nanoTime())));
        long before = forgetting.forgotten();
        long remembered = forgetting.ids() - before;
        Series.Turn forgot = forgetting.measureWhole(plan.slice());
        long forgotten = forgetting.forgotten() - before;
        LOG.info("event=turn side=forgetting forgotten={} of={}", forgotten, remembered);
        requireForgotten(forgetting, before + Math.round(remembered * FORGOTTEN_MIN), before + remembered);
        return new Round(kept, forgot, forgotten);
    }

    private static void requireForgotten(Side side, long least, long most) {
        long forgotten = side.forgotten();
        if (forgotten < least || forgotten > most) {
            throw new IllegalStateException("side " + side.name() + " has forgotten " + forgotten + " ids and not "
                    + least + " to " + most + ": does --set change a window, or is a slice over within five seconds?");
        }
    }

    /** When the window is over for all that was written until now, in {@link System#nanoTime()}. */
    private static long windowOver() {
        return System.nanoTime() + WINDOW.plusSeconds(1).toNanos();
    }

    private record Forgetting(@JsonUnwrapped Series series, List<Long> idsForgotten) {}

    private Report report(List<Round> rounds) {
        Series forgetting = new Series(
                "forgetting",
                "admission that forgets as many ids as come",
                rounds.stream().map(Round::forgot).toList());
        Series keeping = new Series(
                "keeping",
                "admission that keeps all, emptied before each round",
                rounds.stream().map(Round::kept).toList());
        Report report = new Report("expiry", plan.quick());
        Figure figure = new Figure("expiry", "none", forgetting, keeping);
        report.figure(figure);
        report.put("figures", Map.of("expiry", figure));
        report.put(
                "sides",
                Map.of(
                        "keeping",
                        keeping,
                        "forgetting",
                        new Forgetting(
                                forgetting,
                                rounds.stream().map(Round::forgotten).toList())));
        for (Series series : List.of(keeping, forgetting)) {
            report.row(series.side(), series.eventsPerSecond(), "events/s", series.cpuMicrosPerEvent(), "us CPU/event");
        }
        report.settings(plan, Map.of("forgetting", FORGETTING), options.setup());
        return report;
    }
}

package io.usageflow.benchmarks.delivery;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.BenchmarkCommand;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Rounds;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideOptions;
import io.usageflow.benchmarks.sink.SinkProcess;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * P4, P5, P6 and P10: delivery against Parallel Consumer and the naive consumer. The sides take turns within each
 * round; the first round of a phase is dropped.
 */
public final class DeliveryBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryBenchmark.class);

    private static final List<SideKind> SIDES =
            List.of(SideKind.DELIVERY, SideKind.VERTX_KEY, SideKind.VERTX_BATCH, SideKind.CORE_KEY, SideKind.NAIVE);

    private final Plan plan;
    private final SideOptions options;

    DeliveryBenchmark(Plan plan, SideOptions options) {
        this.plan = plan;
        this.options = options;
    }

    @Command(
            name = "delivery",
            description = "P4, P5, P6 and P10: delivery against Parallel Consumer and a naive consumer.")
    public static final class Cli extends BenchmarkCommand {
        @Option(
                names = "--only",
                paramLabel = "SIDE",
                split = ",",
                description = "Some sides: delivery, vertx-key, vertx-batch, core-key, naive (default: all).")
        private List<String> only = List.of();

        @Option(
                names = "--phase",
                paramLabel = "PHASE",
                split = ",",
                description = "Some phases: 0ms, 20ms, 100ms, and for P6 20ms-64, 100ms-256 (default: all).")
        private List<String> phases = List.of();

        @Mixin
        private SideOptions.Flags flags = new SideOptions.Flags();

        @Override
        protected Report measure(boolean quick) {
            Plan plan = (quick ? Plan.quickly() : Plan.full()).only(kinds(), Set.copyOf(phases));
            return new DeliveryBenchmark(plan, flags.with(jvm())).run();
        }

        private Set<SideKind> kinds() {
            try {
                return only.stream().map(word -> SideKind.ofWord(word, SIDES)).collect(Collectors.toSet());
            } catch (IllegalArgumentException unknown) {
                throw refused("--only: " + unknown.getMessage());
            }
        }
    }

    /**
     * The phases and their sizes. Immutable.
     *
     * @param quick whether this is too small to judge by
     * @param rounds that count; one more comes before in each phase and is dropped
     * @param warmUps rounds that come before all others: compilers need more than one slice
     * @param phases in their order
     */
    record Plan(boolean quick, int rounds, int warmUps, List<Phase> phases) {
        Plan {
            phases = List.copyOf(phases);
            if (rounds < 1 || phases.isEmpty()) {
                throw new IllegalArgumentException("at least one round and one phase");
            }
        }

        /** The sizes of the goals; about ten minutes on two cores. */
        static Plan full() {
            return new Plan(
                    false,
                    3,
                    2,
                    List.of(
                            Phase.atOnce(300_000, 25_000, 200_000, 12_000, 12_000),
                            Phase.thinking(20, 300_000, 4_000, 200_000, 3_000, 150),
                            Phase.thinking(100, 120_000, 1_000, 200_000, 1_000, 40),
                            Phase.alone(20, 64, 60_000),
                            Phase.alone(100, 256, 60_000)));
        }

        /** Whether everything works, and roughly how fast. */
        static Plan quickly() {
            return new Plan(
                    true,
                    1,
                    0,
                    List.of(
                            Phase.atOnce(40_000, 8_000, 50_000, 4_000, 4_000),
                            Phase.thinking(20, 40_000, 2_500, 50_000, 1_500, 60),
                            Phase.alone(20, 64, 20_000)));
        }

        /**
         * Returns a part of the plan.
         *
         * @param sides all if empty
         * @param phaseNames all if empty
         * @throws IllegalArgumentException if nothing is left
         */
        Plan only(Set<SideKind> sides, Set<String> phaseNames) {
            List<Phase> kept = new ArrayList<>();
            for (Phase phase : phases) {
                Map<SideKind, Turn> turns = new LinkedHashMap<>(phase.turns());
                if (!sides.isEmpty()) {
                    turns.keySet().retainAll(sides);
                }
                if (!turns.isEmpty() && (phaseNames.isEmpty() || phaseNames.contains(phase.name()))) {
                    kept.add(new Phase(phase.name(), phase.thinkMs(), turns));
                }
            }
            return new Plan(quick, rounds, warmUps, kept);
        }
    }

    /**
     * How much of a side is measured at once.
     *
     * @param events of a slice
     * @param inFlight requests at once at most
     */
    record Turn(long events, int inFlight) {}

    /**
     * Sides that take turns under one think time.
     *
     * @param name in the report
     * @param thinkMs what the sink waits before it answers
     * @param turns by side; slices are such that they take about equally long
     */
    record Phase(String name, int thinkMs, Map<SideKind, Turn> turns) {
        /** Delivery's default. */
        private static final int IN_FLIGHT = 256;

        /** Small batches gain nothing from more than 64 requests at once if answers come at once (measured). */
        static Phase atOnce(long delivery, long vertxKey, long vertxBatch, long coreKey, long naive) {
            return of("0ms", 0, List.of(delivery, vertxKey, vertxBatch, coreKey, naive), 64);
        }

        static Phase thinking(int ms, long delivery, long vertxKey, long vertxBatch, long coreKey, long naive) {
            return of(ms + "ms", ms, List.of(delivery, vertxKey, vertxBatch, coreKey, naive), IN_FLIGHT);
        }

        /** Delivery alone, with a limit that it reaches before the CPU is the limit ({@link ArrivalWatch#earlyOn}). */
        static Phase alone(int ms, int inFlight, long events) {
            return new Phase(ms + "ms-" + inFlight, ms, Map.of(SideKind.DELIVERY, new Turn(events, inFlight)));
        }

        private static Phase of(String name, int thinkMs, List<Long> events, int peersInFlight) {
            Map<SideKind, Turn> turns = new LinkedHashMap<>();
            turns.put(SideKind.DELIVERY, new Turn(events.get(0), IN_FLIGHT));
            turns.put(SideKind.VERTX_KEY, new Turn(events.get(1), IN_FLIGHT));
            turns.put(SideKind.VERTX_BATCH, new Turn(events.get(2), peersInFlight));
            turns.put(SideKind.CORE_KEY, new Turn(events.get(3), peersInFlight));
            turns.put(SideKind.NAIVE, new Turn(events.get(4), 1));
            return new Phase(name, thinkMs, turns);
        }

        /** Whether delivery runs alone, measured against its own limit. */
        boolean isAlone() {
            return name.contains("-");
        }

        boolean has(SideKind kind) {
            return turns.containsKey(kind);
        }

        /** The sides in their order. */
        List<SideKind> sides() {
            return List.copyOf(turns.keySet());
        }

        Turn turn(SideKind kind) {
            return Objects.requireNonNull(turns.get(kind), () -> name + " is without " + kind.word());
        }
    }

    /** Runs the plan. Throws if a side fails or does not do its work. */
    Report run() {
        LOG.info("event=starting parts=\"broker, registry, sink\"");
        try (BenchmarkCluster cluster = BenchmarkCluster.start();
                SinkProcess sink = SinkProcess.start(cluster)) {
            Map<SideKind, DeliverySide> sides = new EnumMap<>(SideKind.class);
            try {
                Map<String, Map<SideKind, List<DeliverySide.Result>>> results = new LinkedHashMap<>();
                int lane = 1;
                for (Phase phase : plan.phases()) {
                    LOG.info("event=phase name={}", phase.name());
                    sink.think(phase.thinkMs());
                    List<DeliverySide> taking = new ArrayList<>();
                    for (SideKind kind : phase.sides()) {
                        DeliverySide side =
                                sides.computeIfAbsent(kind, made -> DeliverySide.start(cluster, sink, made, options));
                        side.open(phase, lane++);
                        taking.add(side);
                    }
                    int dropped = results.isEmpty() ? 1 + plan.warmUps() : 1;
                    Map<SideKind, List<DeliverySide.Result>> byKind = new EnumMap<>(SideKind.class);
                    Rounds.alternate(dropped, plan.rounds(), taking, DeliverySide::measure)
                            .forEach((side, all) -> byKind.put(side.kind(), all));
                    results.put(phase.name(), byKind);
                    taking.forEach(DeliverySide::finish);
                }
                return new DeliveryReport(plan, options, results).report();
            } finally {
                sides.values().forEach(DeliverySide::close);
            }
        }
    }
}

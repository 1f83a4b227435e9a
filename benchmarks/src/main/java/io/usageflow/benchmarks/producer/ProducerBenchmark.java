package io.usageflow.benchmarks.producer;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.cluster.ChildProcess;
import io.usageflow.benchmarks.measure.BenchmarkCommand;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Rounds;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** P8 and P9: the sides in turns, round by round, each in a process of its own; the first round is dropped. */
public final class ProducerBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerBenchmark.class);

    private final Plan plan;
    private final List<String> jvm;

    ProducerBenchmark(Plan plan, List<String> jvm) {
        this.plan = plan;
        this.jvm = List.copyOf(jvm);
    }

    @Command(
            name = "producer",
            description = "P8 and P9: publishing, compared with a KafkaProducer with the same Avro records,"
                    + " and the caller's cost.")
    public static final class Cli extends BenchmarkCommand {
        @Override
        protected Report measure(boolean quick) {
            return new ProducerBenchmark(quick ? Plan.quickly() : Plan.full(), jvm()).run();
        }
    }

    /**
     * How much is measured. Immutable.
     *
     * @param quick whether this is too small to judge by
     * @param sides in their order
     * @param rounds that count
     * @param floodEvents of a round, as fast as one thread can
     * @param paceSeconds of a round at a given pace
     * @param pacePerSecond events
     * @param jmhIterations that count, for each side; at least 3
     */
    record Plan(
            boolean quick,
            List<ProducerSide> sides,
            int rounds,
            int floodEvents,
            int paceSeconds,
            int pacePerSecond,
            int jmhIterations) {
        Plan {
            sides = List.copyOf(sides);
            if (rounds < 1 || floodEvents < 1 || paceSeconds < 1 || pacePerSecond < 1 || jmhIterations < 3) {
                throw new IllegalArgumentException(
                        "at least one round, one event, one second, and three iterations, which JMH's error needs");
            }
        }

        /** The sizes of the goals; some ten minutes. */
        static Plan full() {
            return new Plan(false, List.of(ProducerSide.values()), 11, 500_000, 5, 10_000, 30);
        }

        /** Whether everything works, and roughly how fast. */
        static Plan quickly() {
            return new Plan(true, List.of(ProducerSide.values()), 5, 150_000, 2, 10_000, 10);
        }
    }

    /** What a side does in each round. */
    enum Phase {
        /** Makes and sends events as fast as one thread can. */
        FLOOD,
        /** Sends events that were made before, as fast as one thread can. */
        FLOOD_MADE,
        /** Sends them evenly, so that no call waits for room. */
        PACE;

        String order(Plan plan) {
            return switch (this) {
                case FLOOD -> "flood " + plan.floodEvents();
                case FLOOD_MADE -> "floodMade " + plan.floodEvents();
                case PACE -> "pace " + plan.paceSeconds() * plan.pacePerSecond() + " " + plan.pacePerSecond();
            };
        }
    }

    /**
     * One round of all sides.
     *
     * @param runs by side and phase
     * @param otherCores that other processes took
     */
    record Round(Map<ProducerSide, Map<Phase, ProducerMain.Run>> runs, double otherCores) {}

    /** A side that runs. */
    private record Opened(ProducerSide side, Map<String, String> settings, ChildProcess process) {}

    /** Runs the plan. Throws if a side fails, or an event is not durable. */
    Report run() {
        List<Opened> sides = new ArrayList<>();
        try (BenchmarkCluster cluster = BenchmarkCluster.start()) {
            try {
                for (ProducerSide side : plan.sides()) {
                    sides.add(open(cluster, side));
                }
                List<Round> rounds = Rounds.repeat(1, plan.rounds(), () -> round(cluster, sides));
                Map<ProducerSide, Map<String, String>> settings = new EnumMap<>(ProducerSide.class);
                sides.forEach(side -> settings.put(side.side, side.settings));
                return new ProducerReport(plan, jvm, settings, rounds, callCosts(sides)).report();
            } finally {
                sides.forEach(side -> side.process.close());
            }
        }
    }

    private Opened open(BenchmarkCluster cluster, ProducerSide side) {
        Map<String, String> settings = side.settings(cluster);
        cluster.create(side.topics());
        ChildProcess process = cluster.startProcess(side.word(), ProducerMain.class, List.of(), jvm);
        try {
            process.ask("open " + side.name(), settings);
            return new Opened(side, settings, process);
        } catch (RuntimeException e) {
            process.close();
            throw new IllegalStateException("cannot open " + side.word() + ": " + e.getMessage(), e);
        }
    }

    private Round round(BenchmarkCluster cluster, List<Opened> sides) {
        CpuTimes cpu = cluster.cpuTimes(ProcessHandle.current().pid());
        CpuTimes.Reading before = cpu.read();
        long begun = System.nanoTime();
        Map<ProducerSide, Map<Phase, ProducerMain.Run>> runs = new EnumMap<>(ProducerSide.class);
        for (Opened side : sides) {
            Map<Phase, ProducerMain.Run> phases = new EnumMap<>(Phase.class);
            for (Phase phase : Phase.values()) {
                phases.put(phase, ProducerMain.Run.parse(side.process.ask(phase.order(plan))));
            }
            runs.put(side.side, phases);
        }
        return new Round(runs, cpu.read().since(before).otherCores((double) (System.nanoTime() - begun)));
    }

    /** Of the raw client and of the publisher, in this order. */
    private List<CallCost.Found> callCosts(List<Opened> sides) {
        List<CallCost.Found> found = new ArrayList<>();
        for (Opened side : sides) {
            if (side.side != ProducerSide.SPOOL) {
                LOG.info("event=jmh side={}", side.side.word());
                found.add(CallCost.measure(side.side, side.settings, plan.jmhIterations()));
            }
        }
        return found;
    }
}

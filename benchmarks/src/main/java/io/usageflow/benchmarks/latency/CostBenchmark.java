package io.usageflow.benchmarks.latency;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.BenchmarkCommand;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.Polling;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Rounds;
import io.usageflow.benchmarks.side.SideOptions;
import io.usageflow.benchmarks.sink.SinkProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** P13 and P7: what the pipeline costs at ordinary rates, and how late its events are. */
public final class CostBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(CostBenchmark.class);
    private static final int BUSIEST = 1_000;
    /** Rates in events per second, and the goals: CPU of forwarder and broker, % of a core. */
    private static final Map<Integer, Integer> GOALS = new LinkedHashMap<>();

    private static final int WARM_UP_FASTER = 4;
    /** The transactions and the counters of the rate before have ended by then. */
    private static final Duration PAUSE = Duration.ofSeconds(3);

    static {
        GOALS.put(BUSIEST, 50);
        GOALS.put(100, 20);
        GOALS.put(10, 8);
        GOALS.put(0, 3);
    }

    private final Plan plan;
    private final SideOptions options;
    private int published;

    CostBenchmark(Plan plan, SideOptions options) {
        this.plan = plan;
        List<String> jvm = new ArrayList<>(options.jvm());
        jvm.add(CpuTimes.LASTING_COMPILERS);
        this.options = new SideOptions(jvm, options.settings(), options.ids());
    }

    @Command(
            name = "cost",
            description = "P13 and P7: CPU of forwarder and broker, and the time from publish to the request, at 0, 10,"
                    + " 100 and 1,000 events a second.")
    public static final class Cli extends BenchmarkCommand {
        @Mixin
        private SideOptions.Flags flags = new SideOptions.Flags();

        @Override
        protected Report measure(boolean quick) {
            return new CostBenchmark(quick ? Plan.quickly() : Plan.full(), flags.with(jvm())).run();
        }
    }

    /**
     * How much is measured. Immutable.
     *
     * @param quick whether this is too small to judge by
     * @param rounds that count, each with every rate
     * @param warmUpEvents flow before, so that no JVM is cold
     * @param seconds for which each rate lasts in a round
     */
    record Plan(
            boolean quick,
            int rounds,
            int warmUpEvents,
            @JsonProperty("rateSeconds") int seconds) {
        /** The size of the goal; ten minutes. */
        static Plan full() {
            return new Plan(false, 3, 240_000, 40);
        }

        /** Whether everything works, and roughly how much. */
        static Plan quickly() {
            return new Plan(true, 1, 120_000, 20);
        }
    }

    /**
     * What one rate cost in one round, in percent of one core without the JIT compiler. Immutable.
     *
     * @param jit the compiler threads of forwarder and broker, on top
     * @param sink the stand-in for Credyt, which does not count
     * @param logBytesPerSecond by which Kafka's logs grew, by topic: one replica of each record and each marker
     * @param latency from the call of publish until the request has arrived; null if nothing was published
     */
    private record Cost(
            double forwarder,
            double broker,
            double jit,
            double sink,
            double otherCores,
            Map<String, Double> logBytesPerSecond,
            LatencyReport.@Nullable Distribution latency) {
        double total() {
            return forwarder + broker;
        }

        double logBytes() {
            return logBytesPerSecond.values().stream()
                    .mapToDouble(bytes -> bytes)
                    .sum();
        }
    }

    /** Medians, then every round. */
    private record Rate(
            double forwarder,
            double broker,
            double jit,
            double logBytesPerSecond,
            @JsonUnwrapped LatencyReport.@Nullable Distribution latency,
            List<Cost> rounds) {
        static Rate of(List<Cost> rounds) {
            boolean idle = rounds.stream().anyMatch(cost -> cost.latency() == null);
            return new Rate(
                    Report.median(rounds, Cost::forwarder),
                    Report.median(rounds, Cost::broker),
                    Report.median(rounds, Cost::jit),
                    Report.median(rounds, Cost::logBytes),
                    idle ? null : LatencyReport.Distribution.medians(rounds, Cost::latency),
                    rounds);
        }
    }

    /** Runs the plan. Throws if a part fails, or an event is lost. */
    Report run() {
        LOG.info("event=starting parts=\"broker, registry, sink, forwarder, publisher\"");
        return report(Pipeline.with(options, this::measure));
    }

    private Map<Integer, List<Cost>> measure(Pipeline pipeline) {
        LOG.info("event=warming_up events={}", plan.warmUpEvents());
        pipeline.publish(0, plan.warmUpEvents(), BUSIEST * WARM_UP_FASTER);
        published = plan.warmUpEvents();
        return Rounds.alternate(0, plan.rounds(), GOALS.keySet(), rate -> {
            pipeline.awaitArrived(published, () -> true);
            Polling.sleep(PAUSE);
            Cost cost = cost(pipeline, rate);
            LOG.info("event=rate events_per_second={} result=\"{}\"", rate, cost);
            return cost;
        });
    }

    private record Used(
            CpuTimes.Reading all, long forwarderJit, long brokerJit, long sink, Map<String, Long> logBytes) {
        static Used of(Pipeline pipeline) {
            return new Used(
                    pipeline.forwarder().cpuTimes().read(),
                    CpuTimes.compilerNanos(pipeline.forwarder().pid()),
                    CpuTimes.compilerNanos(pipeline.cluster().brokerPid()),
                    pipeline.sink().cpuNanos(),
                    pipeline.cluster().logBytes());
        }

        private Map<String, Double> grown(Map<String, Long> before, double seconds) {
            Map<String, Double> grown = new TreeMap<>();
            logBytes.forEach((topic, bytes) -> {
                double perSecond = (bytes - before.getOrDefault(topic, 0L)) / seconds;
                if (perSecond > 0) {
                    grown.put(topic, perSecond);
                }
            });
            return grown;
        }

        Cost since(Used before, long nanos, LatencyReport.@Nullable Distribution latency) {
            CpuTimes.Reading used = all.since(before.all);
            double percent = nanos / 100.0;
            long forwarder = forwarderJit - before.forwarderJit;
            long broker = brokerJit - before.brokerJit;
            return new Cost(
                    (used.own() - forwarder) / percent,
                    (used.broker() - broker) / percent,
                    (forwarder + broker) / percent,
                    (sink - before.sink) / percent,
                    used.otherCores((double) nanos),
                    grown(before.logBytes, nanos / 1e9),
                    latency);
        }
    }

    private Cost cost(Pipeline pipeline, int rate) {
        Used before = Used.of(pipeline);
        long begun = System.nanoTime();
        if (rate == 0) {
            Polling.sleep(Duration.ofSeconds(plan.seconds()));
            return Used.of(pipeline).since(before, System.nanoTime() - begun, null);
        }
        int first = published;
        int count = rate * plan.seconds();
        Pipeline.Published sent = pipeline.publish(first, count, rate);
        long nanos = System.nanoTime() - begun;
        Used after = Used.of(pipeline);
        published += count;
        pipeline.awaitArrived(published, () -> true);
        long[] arrived = pipeline.sink().arrivals(published);
        return after.since(
                before, nanos, LatencyReport.Distribution.of(count, i -> arrived[first + i] - sent.micros()[i]));
    }

    private Report report(Map<Integer, List<Cost>> costs) {
        Report report = new Report("cost", plan.quick());
        Map<String, Rate> rates = new LinkedHashMap<>();
        Map<String, String> goals = new LinkedHashMap<>();
        GOALS.forEach((rate, goal) -> {
            List<Cost> rounds = costs.getOrDefault(rate, List.of());
            rates.put(rate.toString(), Rate.of(rounds));
            goals.put("P13_" + rate, "<= " + goal);
            report.figure(
                    "P13_" + rate,
                    Report.median(rounds, Cost::total),
                    "% of a core at " + rate + " events/s",
                    "(goal <= " + goal + ")");
        });
        LatencyReport.Distribution latency =
                LatencyReport.Distribution.medians(costs.getOrDefault(BUSIEST, List.of()), Cost::latency);
        goals.put("P7_p50_ms", "<= 75");
        goals.put("P7_p99_ms", "<= 200");
        report.figure("P7_p50_ms", latency.p50(), "at " + BUSIEST + " events/s", "(goal <= 75)");
        report.figure("P7_p99_ms", latency.p99(), "at " + BUSIEST + " events/s", "(goal <= 200)");
        report.put("goals", goals);
        report.put("eventsPerSecond", rates);
        report.settings(
                plan,
                BenchmarkCluster.setup(),
                Map.of("forwarderAndPublisherJvm", String.join(" ", options.jvm())),
                SinkProcess.setup(),
                Map.of("forwarder", options.forwarder("admission.", "delivery.")));
        return report;
    }
}

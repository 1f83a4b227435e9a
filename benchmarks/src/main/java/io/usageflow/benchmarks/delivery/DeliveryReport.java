package io.usageflow.benchmarks.delivery;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.delivery.DeliveryBenchmark.Phase;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Series;
import io.usageflow.benchmarks.measure.Series.Figure;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideOptions;
import io.usageflow.benchmarks.sink.SinkProcess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What a run has found. Immutable.
 *
 * @param results by phase and side
 */
record DeliveryReport(
        DeliveryBenchmark.Plan plan,
        SideOptions options,
        Map<String, Map<SideKind, List<DeliverySide.Result>>> results) {
    private static final List<SideKind> PEERS =
            List.of(SideKind.VERTX_KEY, SideKind.VERTX_BATCH, SideKind.CORE_KEY, SideKind.NAIVE);
    private static final Map<SideKind, String> WHAT = Map.of(
            SideKind.DELIVERY,
                    "the forwarder with the role delivery: one customer a request, receipts and offsets in"
                            + " transactions",
            SideKind.VERTX_KEY, "Parallel Consumer, Vert.x, KEY, one record a request",
            SideKind.VERTX_BATCH, "Parallel Consumer, Vert.x, UNORDERED, 50 records of any customers a request",
            SideKind.CORE_KEY, "Parallel Consumer, core, KEY, one record a request, a thread for each",
            SideKind.NAIVE, "a consumer that posts each record and waits for the answer");

    /** P10: delivery's CPU time over the thriftiest peer's. */
    private record CpuRatio(double value, String goal, String of) {}

    /** P6: the share of the limit of requests in flight that is used. */
    private record Utilisation(
            double value,
            String goal,
            String of,
            double lowest,
            double highest,
            int limit,
            int thinkMs,
            double byThinkTime) {}

    private record SideView(
            @JsonUnwrapped Series series,
            double requestsPerSecond,
            double eventsPerRequest,
            double sinkCores,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<EngineView> engine) {}

    /** One round by delivery's own meters. */
    private record EngineView(
            double requestMs, double inFlightMean, double inFlightLimit, long settlements, double settlementMs) {}

    private record TurnView(long slice, int inFlight) {}

    /** P4, P5, P6 and P10 are each the worst of the phases that have a goal. */
    Report report() {
        List<Figure> ratios = ratios();
        Map<String, Object> details = Figure.byName(ratios);
        Map<String, Double> byName = new LinkedHashMap<>();
        ratios.forEach(figure -> byName.put(figure.name(), figure.value()));
        for (Phase phase : plan.phases()) {
            if (phase.isAlone()) {
                Utilisation used = utilisation(phase);
                byName.put("P6_" + phase.name(), used.value);
                details.put("P6_" + phase.name(), used);
            }
        }
        for (Phase phase : compared()) {
            if (PEERS.stream().anyMatch(phase::has)) {
                CpuRatio ratio = cpuRatio(phase);
                byName.put("P10_" + phase.name(), ratio.value);
                details.put("P10_" + phase.name(), ratio);
            }
        }
        Report report = new Report("delivery", plan.quick());
        worst(report, "P4", byName, Set.of("P4_0ms", "P4_20ms")::contains);
        worst(report, "P5", byName, Set.of("P5_0ms", "P5_20ms")::contains);
        worst(report, "P6", byName, name -> name.startsWith("P6_"));
        worst(report, "P10", byName, "P10_0ms"::equals);
        byName.forEach(report::figure);
        report.put("figures", details);
        Map<String, Map<String, SideView>> sides = new LinkedHashMap<>();
        for (Phase phase : plan.phases()) {
            Map<String, SideView> views = new LinkedHashMap<>();
            phase.sides().forEach(kind -> views.put(kind.word(), view(phase, kind)));
            sides.put(phase.name(), views);
        }
        report.put("sides", sides);
        report.settings(
                Map.of("rounds", plan.rounds(), "warmUps", plan.warmUps()),
                Map.of("phases", phases()),
                BenchmarkCluster.setup(),
                Map.of("sideJvm", String.join(" ", options.jvm())),
                SinkProcess.setup(),
                Map.of("forwarder", forwarder()),
                Map.of(
                        "parallelConsumer",
                        Map.of(
                                "version", "0.5.3.3",
                                "commitMode", "PERIODIC_CONSUMER_ASYNCHRONOUS",
                                "buffer", "by its own load factor")));
        return report;
    }

    private static void worst(Report report, String name, Map<String, Double> byName, Predicate<String> among) {
        byName.entrySet().stream()
                .filter(entry -> among.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .min(Comparator.naturalOrder())
                .ifPresent(value -> report.figure(name, value));
    }

    /** P4 and P5 under each think time; those whose sides were measured. */
    private List<Figure> ratios() {
        List<Figure> figures = new ArrayList<>();
        for (Phase phase : compared()) {
            add(figures, "P4_", phase.thinkMs() == 0 ? ">= 5" : ">= 30", phase, SideKind.VERTX_KEY);
            add(figures, "P5_", ">= 1", phase, SideKind.VERTX_BATCH);
        }
        return figures;
    }

    private void add(List<Figure> figures, String name, String goal, Phase phase, SideKind peer) {
        if (phase.has(peer)) {
            figures.add(new Figure(name + phase.name(), goal, series(phase, SideKind.DELIVERY), series(phase, peer)));
        }
    }

    private List<Phase> compared() {
        return plan.phases().stream()
                .filter(phase -> !phase.isAlone() && phase.has(SideKind.DELIVERY))
                .toList();
    }

    private List<DeliverySide.Result> turns(Phase phase, SideKind kind) {
        return results.getOrDefault(phase.name(), Map.of()).getOrDefault(kind, List.of());
    }

    private Series series(Phase phase, SideKind kind) {
        return new Series(
                kind.word(),
                WHAT.getOrDefault(kind, kind.word()),
                turns(phase, kind).stream().map(DeliverySide.Result::turn).toList());
    }

    private double median(Phase phase, SideKind kind, ToDoubleFunction<DeliverySide.Result> value) {
        return Report.median(turns(phase, kind), value);
    }

    private CpuRatio cpuRatio(Phase phase) {
        SideKind thriftiest = PEERS.stream()
                .filter(phase::has)
                .min(Comparator.comparingDouble(kind -> cpu(phase, kind)))
                .orElseThrow();
        return new CpuRatio(
                cpu(phase, SideKind.DELIVERY) / cpu(phase, thriftiest),
                "<= 0.8",
                "CPU time per event, own process: delivery / " + thriftiest.word());
    }

    private double cpu(Phase phase, SideKind kind) {
        return median(phase, kind, result -> result.turn().speed().cpuMicrosPerEvent());
    }

    /** Requests a second over what the limit and the latency allow. */
    private Utilisation utilisation(Phase phase) {
        int limit = phase.turn(SideKind.DELIVERY).inFlight();
        List<Double> rounds = turns(phase, SideKind.DELIVERY).stream()
                .map(result -> result.requestsPerSecond() * result.latencySeconds() / limit)
                .toList();
        double perSecond = median(phase, SideKind.DELIVERY, DeliverySide.Result::requestsPerSecond);
        return new Utilisation(
                Report.median(rounds, Double::doubleValue),
                ">= 0.95",
                "requests per second / (limit of requests in flight / latency at the client)",
                Collections.min(rounds),
                Collections.max(rounds),
                limit,
                phase.thinkMs(),
                perSecond * phase.thinkMs() / 1e3 / limit);
    }

    private SideView view(Phase phase, SideKind kind) {
        return new SideView(
                series(phase, kind),
                median(phase, kind, DeliverySide.Result::requestsPerSecond),
                median(phase, kind, DeliverySide.Result::eventsPerRequest),
                median(phase, kind, DeliverySide.Result::sinkCores),
                turns(phase, kind).stream()
                        .flatMap(result -> result.meters().stream().map(meters -> engine(result, meters)))
                        .toList());
    }

    private static EngineView engine(DeliverySide.Result result, ArrivalWatch.Meters meters) {
        return new EngineView(
                result.latencySeconds() * 1e3,
                result.requestsPerSecond() * result.latencySeconds(),
                meters.limit(),
                Math.round(meters.settlements()),
                meters.settlementSeconds() * 1e3 / Math.max(1, meters.settlements()));
    }

    private Map<String, Object> phases() {
        Map<String, Object> phases = new LinkedHashMap<>();
        for (Phase phase : plan.phases()) {
            Map<String, Object> of = new LinkedHashMap<>(Map.of("thinkMs", phase.thinkMs()));
            phase.turns().forEach((kind, turn) -> of.put(kind.word(), new TurnView(turn.events(), turn.inFlight())));
            phases.put(phase.name(), of);
        }
        return phases;
    }

    private Map<String, String> forwarder() {
        Map<String, String> settings = options.forwarder("delivery.");
        if (!options.settings().containsKey("delivery.max.in.flight")) {
            // Each phase has its own.
            settings.remove("delivery.max.in.flight");
        }
        return settings;
    }
}

package io.usageflow.benchmarks.delivery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.measure.Series;
import io.usageflow.benchmarks.measure.Series.Figure;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideOptions;
import io.usageflow.benchmarks.sink.SinkProcess;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
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

    /** P4 and P5 under each think time; those whose sides were measured. */
    private List<Figure> ratios() {
        List<Figure> figures = new ArrayList<>();
        for (DeliveryBenchmark.Phase phase : compared()) {
            add(figures, "P4_", ">= 8", phase, SideKind.VERTX_KEY);
            add(figures, "P5_", ">= 1", phase, SideKind.VERTX_BATCH);
        }
        return figures;
    }

    private void add(List<Figure> figures, String name, String goal, DeliveryBenchmark.Phase phase, SideKind peer) {
        if (phase.has(peer)) {
            figures.add(new Figure(name + phase.name(), goal, series(phase, SideKind.DELIVERY), series(phase, peer)));
        }
    }

    /** P4, P5, P6 and P10 themselves are the worst of theirs that the goals speak of. */
    Report report() {
        Map<String, BigDecimal> byName = new LinkedHashMap<>();
        ratios().forEach(figure -> byName.put(figure.name(), figure.value()));
        alone().forEach(phase -> byName.put("P6_" + phase.name(), Report.rounded(3, utilisation(phase))));
        withPeers().forEach(phase -> byName.put("P10_" + phase.name(), Report.rounded(3, cpuRatio(phase))));
        Report report = new Report("delivery", plan.quick());
        worst(report, "P4", byName, Set.of("P4_0ms", "P4_20ms")::contains);
        worst(report, "P5", byName, Set.of("P5_0ms", "P5_20ms")::contains);
        worst(report, "P6", byName, name -> name.startsWith("P6_"));
        worst(report, "P10", byName, "P10_0ms"::equals);
        byName.forEach(report::figure);
        ObjectNode details = report.object("figures");
        ratios().forEach(figure -> details.set(figure.name(), figure.json()));
        alone().forEach(phase -> details.set("P6_" + phase.name(), utilisationJson(phase)));
        withPeers().forEach(phase -> details.set("P10_" + phase.name(), cpuJson(phase)));
        ObjectNode sides = report.object("sides");
        for (DeliveryBenchmark.Phase phase : plan.phases()) {
            ObjectNode of = sides.putObject(phase.name());
            phase.sides().forEach(kind -> of.set(kind.word(), sideJson(phase, kind)));
        }
        describe(report.object("settings"));
        return report;
    }

    private static void worst(Report report, String name, Map<String, BigDecimal> byName, Predicate<String> among) {
        byName.entrySet().stream()
                .filter(entry -> among.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .min(BigDecimal::compareTo)
                .ifPresent(value -> report.figure(name, value));
    }

    private List<DeliveryBenchmark.Phase> compared() {
        return plan.phases().stream()
                .filter(phase -> !phase.isAlone() && phase.has(SideKind.DELIVERY))
                .toList();
    }

    private List<DeliveryBenchmark.Phase> withPeers() {
        return compared().stream()
                .filter(phase -> PEERS.stream().anyMatch(phase::has))
                .toList();
    }

    private List<DeliveryBenchmark.Phase> alone() {
        return plan.phases().stream().filter(DeliveryBenchmark.Phase::isAlone).toList();
    }

    private List<DeliverySide.Result> turns(DeliveryBenchmark.Phase phase, SideKind kind) {
        return results.getOrDefault(phase.name(), Map.of()).getOrDefault(kind, List.of());
    }

    private Series series(DeliveryBenchmark.Phase phase, SideKind kind) {
        return new Series(
                kind.word(),
                WHAT.getOrDefault(kind, kind.word()),
                turns(phase, kind).stream().map(DeliverySide.Result::turn).toList());
    }

    private double median(DeliveryBenchmark.Phase phase, SideKind kind, ToDoubleFunction<DeliverySide.Result> value) {
        return Report.median(turns(phase, kind), value);
    }

    private double cpu(DeliveryBenchmark.Phase phase, SideKind kind) {
        return median(phase, kind, result -> result.turn().speed().cpuMicros());
    }

    private double cpuRatio(DeliveryBenchmark.Phase phase) {
        return cpu(phase, SideKind.DELIVERY) / cpu(phase, thriftiest(phase));
    }

    private SideKind thriftiest(DeliveryBenchmark.Phase phase) {
        return PEERS.stream()
                .filter(phase::has)
                .min((one, other) -> Double.compare(cpu(phase, one), cpu(phase, other)))
                .orElseThrow();
    }

    private ObjectNode cpuJson(DeliveryBenchmark.Phase phase) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("value", Report.rounded(3, cpuRatio(phase)))
                .put("goal", "<= 0.5")
                .put(
                        "of",
                        "CPU time per event, own process: delivery / "
                                + thriftiest(phase).word());
    }

    /** Requests a second over what the limit and the latency allow: the share of the limit that is used. */
    private double utilisation(DeliveryBenchmark.Phase phase) {
        return median(phase, SideKind.DELIVERY, result -> utilisation(phase, result));
    }

    private static double utilisation(DeliveryBenchmark.Phase phase, DeliverySide.Result result) {
        return result.requestsPerSecond() * result.latencySeconds() / inFlight(phase);
    }

    private static int inFlight(DeliveryBenchmark.Phase phase) {
        return phase.turn(SideKind.DELIVERY).inFlight();
    }

    private ObjectNode utilisationJson(DeliveryBenchmark.Phase phase) {
        List<Double> rounds = turns(phase, SideKind.DELIVERY).stream()
                .map(result -> utilisation(phase, result))
                .toList();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("value", Report.rounded(3, utilisation(phase))).put("goal", ">= 0.95");
        json.put("of", "requests per second / (limit of requests in flight / latency at the client)");
        json.put("lowest", Report.rounded(3, Collections.min(rounds)));
        json.put("highest", Report.rounded(3, Collections.max(rounds)));
        json.put("limit", inFlight(phase)).put("thinkMs", phase.thinkMs());
        json.put(
                "byThinkTime",
                Report.rounded(
                        3,
                        median(phase, SideKind.DELIVERY, DeliverySide.Result::requestsPerSecond)
                                * phase.thinkMs()
                                / 1e3
                                / inFlight(phase)));
        return json;
    }

    private ObjectNode sideJson(DeliveryBenchmark.Phase phase, SideKind kind) {
        ObjectNode json = series(phase, kind).json();
        json.put("requestsPerSecond", Math.round(median(phase, kind, DeliverySide.Result::requestsPerSecond)));
        json.put("eventsPerRequest", Report.rounded(2, median(phase, kind, DeliverySide.Result::eventsPerRequest)));
        json.put("sinkCores", Report.rounded(2, median(phase, kind, DeliverySide.Result::sinkCores)));
        ArrayNode engine = JsonNodeFactory.instance.arrayNode();
        for (DeliverySide.Result result : turns(phase, kind)) {
            result.meters().ifPresent(meters -> engine.addObject()
                    .put("requestMs", Report.rounded(2, result.latencySeconds() * 1e3))
                    .put("inFlightMean", Report.rounded(1, result.requestsPerSecond() * result.latencySeconds()))
                    .put("inFlightLimit", Report.rounded(0, meters.limit()))
                    .put("settlements", Math.round(meters.settlements()))
                    .put(
                            "settlementMs",
                            Report.rounded(1, meters.settlementSeconds() * 1e3 / Math.max(1, meters.settlements()))));
        }
        if (!engine.isEmpty()) {
            json.set("engine", engine);
        }
        return json;
    }

    private void describe(ObjectNode settings) {
        settings.put("rounds", plan.rounds()).put("warmUps", plan.warmUps());
        ObjectNode phases = settings.putObject("phases");
        for (DeliveryBenchmark.Phase phase : plan.phases()) {
            ObjectNode of = phases.putObject(phase.name()).put("thinkMs", phase.thinkMs());
            phase.turns().forEach((kind, turn) -> of.putObject(kind.word())
                    .put("slice", turn.events())
                    .put("inFlight", turn.inFlight()));
        }
        BenchmarkCluster.describe(settings);
        settings.put("sideJvm", String.join(" ", options.jvm()));
        SinkProcess.describe(settings);
        options.describeForwarder(settings, "delivery.");
        if (!options.settings().containsKey("delivery.max.in.flight")) {
            // Each phase has its own.
            settings.withObject("/forwarder").remove("delivery.max.in.flight");
        }
        settings.putObject("parallelConsumer")
                .put("version", "0.5.3.3")
                .put("commitMode", "PERIODIC_CONSUMER_ASYNCHRONOUS")
                .put("buffer", "by its own load factor");
    }
}

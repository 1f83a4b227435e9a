package io.usageflow.benchmarks.delivery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.delivery.DeliveryPlan.Phase;
import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.report.Figure;
import io.usageflow.benchmarks.report.Machine;
import io.usageflow.benchmarks.report.Medians;
import io.usageflow.benchmarks.report.Rounded;
import io.usageflow.benchmarks.report.Series;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.sink.SinkProcess;
import io.usageflow.forwarder.config.Settings;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/**
 * What a run has found. Immutable.
 *
 * @param turned by phase and side
 */
public record DeliveryResults(DeliveryPlan plan, SideOptions options, Map<String, Map<SideKind, List<Turned>>> turned) {
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
    public List<Figure> ratios() {
        List<Figure> figures = new ArrayList<>();
        for (Phase phase : compared()) {
            add(figures, "P4_", ">= 8", phase, SideKind.VERTX_KEY);
            add(figures, "P5_", ">= 1", phase, SideKind.VERTX_BATCH);
        }
        return figures;
    }

    private void add(List<Figure> figures, String name, String goal, Phase phase, SideKind peer) {
        if (phase.has(peer)) {
            figures.add(new Figure(name + phase.name(), goal, series(phase, SideKind.DELIVERY), series(phase, peer)));
        }
    }

    /** Every figure by its name; P4, P5, P6 and P10 themselves are the worst of theirs that the goals speak of. */
    public Map<String, BigDecimal> values() {
        Map<String, BigDecimal> byName = new LinkedHashMap<>();
        ratios().forEach(figure -> byName.put(figure.name(), figure.value()));
        alone().forEach(phase -> byName.put("P6_" + phase.name(), Rounded.to(3, utilisation(phase))));
        withPeers().forEach(phase -> byName.put("P10_" + phase.name(), Rounded.to(3, cpuRatio(phase))));
        Map<String, BigDecimal> values = new LinkedHashMap<>();
        worst(byName, "P4", name -> name.equals("P4_0ms") || name.equals("P4_20ms"), values);
        worst(byName, "P5", name -> name.equals("P5_0ms") || name.equals("P5_20ms"), values);
        worst(byName, "P6", name -> name.startsWith("P6_"), values);
        worst(byName, "P10", name -> name.equals("P10_0ms"), values);
        values.putAll(byName);
        return values;
    }

    private static void worst(
            Map<String, BigDecimal> byName, String name, Predicate<String> among, Map<String, BigDecimal> values) {
        byName.entrySet().stream()
                .filter(entry -> among.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .min(BigDecimal::compareTo)
                .ifPresent(value -> values.put(name, value));
    }

    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("benchmark", "delivery").put("quick", plan.quick());
        values().forEach(json::put);
        ObjectNode details = json.putObject("figures");
        ratios().forEach(figure -> details.set(figure.name(), figure.json()));
        alone().forEach(phase -> details.set("P6_" + phase.name(), utilisationJson(phase)));
        withPeers().forEach(phase -> details.set("P10_" + phase.name(), cpuJson(phase)));
        ObjectNode sides = json.putObject("sides");
        for (Phase phase : plan.phases()) {
            ObjectNode of = sides.putObject(phase.name());
            phase.sides().forEach(kind -> of.set(kind.word(), sideJson(phase, kind)));
        }
        json.set("settings", settings());
        json.set("machine", Machine.json());
        return json;
    }

    private List<Phase> compared() {
        return plan.phases().stream()
                .filter(phase -> !phase.isAlone() && phase.has(SideKind.DELIVERY))
                .toList();
    }

    private List<Phase> withPeers() {
        return compared().stream()
                .filter(phase -> PEERS.stream().anyMatch(phase::has))
                .toList();
    }

    private List<Phase> alone() {
        return plan.phases().stream().filter(Phase::isAlone).toList();
    }

    private List<Turned> turns(Phase phase, SideKind kind) {
        return turned.getOrDefault(phase.name(), Map.of()).getOrDefault(kind, List.of());
    }

    private Series series(Phase phase, SideKind kind) {
        return new Series(
                kind.word(),
                WHAT.getOrDefault(kind, kind.word()),
                turns(phase, kind).stream().map(Turned::measured).toList());
    }

    private double median(Phase phase, SideKind kind, ToDoubleFunction<Turned> value) {
        return Medians.of(turns(phase, kind).stream().map(value::applyAsDouble).toList());
    }

    private double cpu(Phase phase, SideKind kind) {
        return median(phase, kind, turn -> turn.measured().speed().cpuMicros());
    }

    private double cpuRatio(Phase phase) {
        return cpu(phase, SideKind.DELIVERY) / cpu(phase, thriftiest(phase));
    }

    private SideKind thriftiest(Phase phase) {
        return PEERS.stream()
                .filter(phase::has)
                .min((one, other) -> Double.compare(cpu(phase, one), cpu(phase, other)))
                .orElseThrow();
    }

    private ObjectNode cpuJson(Phase phase) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("value", Rounded.to(3, cpuRatio(phase)))
                .put("goal", "<= 0.5")
                .put(
                        "of",
                        "CPU time per event, own process: delivery / "
                                + thriftiest(phase).word());
    }

    /** Requests a second over what the limit and the latency allow: the share of the limit that is used. */
    private double utilisation(Phase phase) {
        return median(phase, SideKind.DELIVERY, turn -> utilisation(phase, turn));
    }

    private static double utilisation(Phase phase, Turned turn) {
        return turn.requestsPerSecond() * turn.latencySeconds() / inFlight(phase);
    }

    private static int inFlight(Phase phase) {
        return java.util.Objects.requireNonNull(phase.turns().get(SideKind.DELIVERY))
                .inFlight();
    }

    private ObjectNode utilisationJson(Phase phase) {
        List<Double> rounds = turns(phase, SideKind.DELIVERY).stream()
                .map(turn -> utilisation(phase, turn))
                .toList();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("value", Rounded.to(3, utilisation(phase))).put("goal", ">= 0.95");
        json.put("of", "requests per second / (limit of requests in flight / latency at the client)");
        json.put("lowest", Rounded.to(3, Collections.min(rounds)));
        json.put("highest", Rounded.to(3, Collections.max(rounds)));
        json.put("limit", inFlight(phase)).put("thinkMs", phase.thinkMs());
        json.put(
                "byThinkTime",
                Rounded.to(
                        3,
                        median(phase, SideKind.DELIVERY, Turned::requestsPerSecond)
                                * phase.thinkMs()
                                / 1e3
                                / inFlight(phase)));
        return json;
    }

    private ObjectNode sideJson(Phase phase, SideKind kind) {
        ObjectNode json = series(phase, kind).json();
        json.put("requestsPerSecond", Math.round(median(phase, kind, Turned::requestsPerSecond)));
        json.put("eventsPerRequest", Rounded.to(2, median(phase, kind, Turned::eventsPerRequest)));
        json.put("sinkCores", Rounded.to(2, median(phase, kind, Turned::sinkCores)));
        ArrayNode engine = JsonNodeFactory.instance.arrayNode();
        for (Turned turn : turns(phase, kind)) {
            turn.engine().ifPresent(meters -> engine.addObject()
                    .put("requestMs", Rounded.to(2, turn.latencySeconds() * 1e3))
                    .put("inFlightMean", Rounded.to(1, turn.requestsPerSecond() * turn.latencySeconds()))
                    .put("inFlightLimit", Rounded.to(0, meters.limit()))
                    .put("settlements", Math.round(meters.settlements()))
                    .put(
                            "settlementMs",
                            Rounded.to(1, meters.settlementSeconds() * 1e3 / Math.max(1, meters.settlements()))));
        }
        if (!engine.isEmpty()) {
            json.set("engine", engine);
        }
        return json;
    }

    private ObjectNode settings() {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("rounds", plan.rounds()).put("warmUps", plan.warmUps());
        ObjectNode phases = settings.putObject("phases");
        for (Phase phase : plan.phases()) {
            ObjectNode of = phases.putObject(phase.name()).put("thinkMs", phase.thinkMs());
            phase.turns().forEach((kind, turn) -> of.putObject(kind.word())
                    .put("slice", turn.events())
                    .put("inFlight", turn.inFlight()));
        }
        settings.put("partitions", Ground.PARTITIONS).put("replicationFactor", 1);
        settings.put("brokerJvm", String.join(" ", Ground.BROKER_JVM));
        settings.put("sideJvm", String.join(" ", options.jvm()));
        settings.put("sinkJvm", String.join(" ", SinkProcess.JVM));
        Map<String, String> delivery = new TreeMap<>(options.settings());
        Settings.definition().defaultValues().forEach((key, value) -> {
            if (key.startsWith("delivery.") && !key.equals("delivery.max.in.flight")) {
                delivery.putIfAbsent(key, String.valueOf(value));
            }
        });
        delivery.forEach(settings.putObject("forwarder")::put);
        settings.putObject("parallelConsumer")
                .put("version", "0.5.3.3")
                .put("commitMode", "PERIODIC_CONSUMER_ASYNCHRONOUS")
                .put("buffer", "by its own load factor");
        return settings;
    }
}

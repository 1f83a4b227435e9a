package io.usageflow.benchmarks.latency;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.report.Machine;
import io.usageflow.benchmarks.report.Medians;
import io.usageflow.benchmarks.report.Rounded;
import io.usageflow.benchmarks.sink.SinkProcess;
import io.usageflow.forwarder.config.Settings;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What a run has found. Immutable. */
public record LatencyResults(LatencyPlan plan, SideOptions options, List<LatencyRound> rounds) {
    public LatencyResults {
        rounds = List.copyOf(rounds);
    }

    /** The figures by their names, in milliseconds: medians of the rounds. */
    public Map<String, BigDecimal> values() {
        Map<String, BigDecimal> values = new LinkedHashMap<>();
        values.put("P7_p50_ms", total(Distribution::p50));
        values.put("P7_p99_ms", total(Distribution::p99));
        values.put("P7_p999_ms", total(Distribution::p999));
        values.put("P7_max_ms", total(Distribution::max));
        return values;
    }

    private BigDecimal total(ToDoubleFunction<Distribution> value) {
        return Rounded.to(1, median(round -> value.applyAsDouble(round.total())));
    }

    private double median(ToDoubleFunction<LatencyRound> value) {
        return Medians.of(rounds.stream().map(value::applyAsDouble).toList());
    }

    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("benchmark", "latency").put("quick", plan.quick());
        values().forEach(json::put);
        json.putObject("goals").put("P7_p50_ms", "<= 40").put("P7_p99_ms", "<= 100");
        ObjectNode stages = json.putObject("stages");
        stages.set("publishToAdmitted", medians(LatencyRound::toAdmitted));
        stages.set("publishToVisible", medians(LatencyRound::toVisible));
        stages.set("visibleToRequest", medians(LatencyRound::toRequest));
        ObjectNode cpu = json.putObject("cpuMicrosPerEvent");
        cpu.put("publisher", perEvent(LatencyRound.Cores::publisher));
        cpu.put("forwarder", perEvent(LatencyRound.Cores::forwarder));
        cpu.put("broker", perEvent(LatencyRound.Cores::broker));
        cpu.put("sink", perEvent(LatencyRound.Cores::sink));
        ArrayNode each = json.putArray("rounds");
        for (LatencyRound round : rounds) {
            ObjectNode one = round.total().json();
            one.put("publisherLate_ms", Rounded.to(1, round.lateMs()));
            one.put("otherCores", Rounded.to(2, round.cores().others()));
            each.add(one);
        }
        json.set("settings", settings());
        json.set("machine", Machine.json());
        return json;
    }

    private ObjectNode medians(Function<LatencyRound, Distribution> of) {
        return new Distribution(
                        median(round -> of.apply(round).p50()),
                        median(round -> of.apply(round).p90()),
                        median(round -> of.apply(round).p99()),
                        median(round -> of.apply(round).p999()),
                        median(round -> of.apply(round).max()))
                .json();
    }

    private BigDecimal perEvent(ToDoubleFunction<LatencyRound.Cores> cores) {
        return Rounded.to(1, median(round -> cores.applyAsDouble(round.cores())) * 1e6 / plan.eventsPerSecond());
    }

    private ObjectNode settings() {
        ObjectNode settings = JsonNodeFactory.instance.objectNode();
        settings.put("eventsPerSecond", plan.eventsPerSecond());
        settings.put("rounds", plan.rounds());
        settings.put("warmUpEvents", plan.warmUpEvents());
        settings.put("roundSeconds", plan.seconds());
        settings.put("partitions", Ground.PARTITIONS).put("replicationFactor", 1);
        settings.put("brokerJvm", String.join(" ", Ground.BROKER_JVM));
        settings.put("forwarderAndPublisherJvm", String.join(" ", options.jvm()));
        settings.put("sinkJvm", String.join(" ", SinkProcess.JVM));
        Map<String, String> forwarder = new TreeMap<>(options.settings());
        Settings.definition().defaultValues().forEach((key, value) -> {
            if (key.startsWith("admission.") || key.startsWith("delivery.")) {
                forwarder.putIfAbsent(key, String.valueOf(value));
            }
        });
        forwarder.forEach(settings.putObject("forwarder")::put);
        return settings;
    }
}

package io.usageflow.benchmarks.producer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.report.Machine;
import io.usageflow.benchmarks.report.Rounded;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What a run has found. Immutable. */
public final class ProducerResults {
    private final ProducerPlan plan;
    private final List<String> jvm;
    private final Map<ProducerSide, Map<String, String>> settings;
    private final Rounds rounds;
    private final List<CallCost.Found> costs;

    ProducerResults(
            ProducerPlan plan,
            List<String> jvm,
            Map<ProducerSide, Map<String, String>> settings,
            Rounds rounds,
            List<CallCost.Found> costs) {
        this.plan = plan;
        this.jvm = jvm;
        this.settings = settings;
        this.rounds = rounds;
        this.costs = costs;
    }

    /** The figures by their names: ratios of medians. */
    public Map<String, BigDecimal> values() {
        Map<String, BigDecimal> values = new LinkedHashMap<>();
        values.put("P8", ratio(ProducerSide.PUBLISHER, ProducerSide.RAW, Phase.FLOOD, Run::perSecond));
        values.put("P8_madeBefore", ratio(ProducerSide.PUBLISHER, ProducerSide.RAW, Phase.FLOOD_MADE, Run::perSecond));
        values.put("P8_byCpu", ratio(ProducerSide.RAW, ProducerSide.PUBLISHER, Phase.FLOOD, Run::processCpuNanos));
        values.put(
                "P8_madeBefore_byCpu",
                ratio(ProducerSide.RAW, ProducerSide.PUBLISHER, Phase.FLOOD_MADE, Run::processCpuNanos));
        if (rounds.has(ProducerSide.SPOOL)) {
            values.put("P9", ratio(ProducerSide.SPOOL, ProducerSide.PUBLISHER, Phase.FLOOD, Run::perSecond));
            values.put(
                    "P9_untilKafkaHasIt",
                    ratio(ProducerSide.SPOOL, ProducerSide.PUBLISHER, Phase.FLOOD, Run::perSecondToKafka));
        }
        values.put("callP99_ratio", ratio(ProducerSide.PUBLISHER, ProducerSide.RAW, Phase.PACE, Run::callMicros99));
        values.put(
                "jmhNanos_ratio",
                Rounded.to(3, costs.get(1).nanos() / costs.get(0).nanos()));
        values.put(
                "jmhBytes_ratio",
                Rounded.to(3, costs.get(1).bytes() / costs.get(0).bytes()));
        return values;
    }

    private BigDecimal ratio(ProducerSide above, ProducerSide below, Phase phase, ToDoubleFunction<Run> value) {
        return Rounded.to(3, rounds.median(above, phase, value) / rounds.median(below, phase, value));
    }

    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("benchmark", "producer").put("quick", plan.quick());
        values().forEach(json::put);
        json.putObject("goals").put("P8", ">= 0.9").put("P9", ">= 0.5").put("callP99_ratio", "<= 2");
        ObjectNode sides = json.putObject("sides");
        plan.sides().forEach(side -> sides.set(side.word(), side(side)));
        ObjectNode jmh = json.putObject("jmhPerEvent");
        for (CallCost.Found cost : costs) {
            jmh.putObject(cost.side().word())
                    .put("callerNanos", Rounded.to(0, cost.nanos()))
                    .put("callerNanosError", Rounded.to(0, cost.nanosError()))
                    .put("bytesOfTheProcess", Rounded.to(0, cost.bytes()));
        }
        ArrayNode others = json.putArray("otherCores");
        rounds.others().forEach(cores -> others.add(Rounded.to(2, cores)));
        json.set("settings", settings());
        json.set("machine", Machine.json());
        return json;
    }

    private ObjectNode side(ProducerSide side) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("what", side.what());
        json.put("eventsPerSecond", Math.round(rounds.median(side, Phase.FLOOD, Run::perSecond)));
        json.put("eventsPerSecondMadeBefore", Math.round(rounds.median(side, Phase.FLOOD_MADE, Run::perSecond)));
        json.put(
                "eventsPerSecondUntilKafkaHasThem",
                Math.round(rounds.median(side, Phase.FLOOD, Run::perSecondToKafka)));
        json.put("callerCpuNanosPerEvent", Math.round(rounds.median(side, Phase.FLOOD, Run::callerCpuNanos)));
        json.put(
                "callerCpuNanosPerEventMadeBefore",
                Math.round(rounds.median(side, Phase.FLOOD_MADE, Run::callerCpuNanos)));
        json.put("cpuNanosPerEvent", Math.round(rounds.median(side, Phase.FLOOD, Run::processCpuNanos)));
        json.put("cpuNanosPerEventMadeBefore", Math.round(rounds.median(side, Phase.FLOOD_MADE, Run::processCpuNanos)));
        json.put("callerBytesPerEvent", Math.round(rounds.median(side, Phase.FLOOD, Run::callBytes)));
        json.put("callerBytesPerEventMadeBefore", Math.round(rounds.median(side, Phase.FLOOD_MADE, Run::callBytes)));
        json.put("callMicros_p50", Rounded.to(1, rounds.median(side, Phase.PACE, Run::callMicros)));
        json.put("callMicros_p99", Rounded.to(1, rounds.median(side, Phase.PACE, Run::callMicros99)));
        json.put("callMicros_p999", Rounded.to(1, rounds.median(side, Phase.PACE, Run::callMicros999)));
        ArrayNode each = json.putArray("rounds");
        for (int i = 0; i < rounds.of(side, Phase.FLOOD).size(); i++) {
            Run pace = rounds.of(side, Phase.PACE).get(i);
            each.addObject()
                    .put(
                            "eventsPerSecond",
                            Math.round(rounds.of(side, Phase.FLOOD).get(i).perSecond()))
                    .put(
                            "eventsPerSecondMadeBefore",
                            Math.round(rounds.of(side, Phase.FLOOD_MADE).get(i).perSecond()))
                    .put("callMicros_p99", Rounded.to(1, pace.callMicros99()))
                    .put("latestCallLate_ms", Rounded.to(1, pace.lateNanos() / 1e6));
        }
        return json;
    }

    private ObjectNode settings() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("rounds", plan.rounds()).put("floodEvents", plan.floodEvents());
        json.put("paceSeconds", plan.paceSeconds()).put("pacePerSecond", plan.pacePerSecond());
        json.put("jmhIterations", plan.jmhIterations()).put("jmhCallsInARow", CallCost.CALLS);
        json.put("partitions", Ground.PARTITIONS).put("replicationFactor", 1);
        json.put("brokerJvm", String.join(" ", Ground.BROKER_JVM)).put("sideJvm", String.join(" ", jvm));
        settings.forEach((side, given) -> given.forEach(json.putObject(side.word())::put));
        return json;
    }
}

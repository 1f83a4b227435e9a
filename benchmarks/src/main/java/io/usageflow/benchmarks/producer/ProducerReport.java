package io.usageflow.benchmarks.producer;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.Report;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What a run has found. Immutable.
 *
 * @param rounds that count
 * @param costs of the raw client and of the publisher, in this order
 */
record ProducerReport(
        ProducerBenchmark.Plan plan,
        List<String> jvm,
        Map<ProducerSide, Map<String, String>> settings,
        List<ProducerBenchmark.Round> rounds,
        List<CallCost.Found> costs) {
    /** The figures are ratios of medians. */
    Report report() {
        Report report = new Report("producer", plan.quick());
        ProducerSide raw = ProducerSide.RAW;
        ProducerSide publisher = ProducerSide.PUBLISHER;
        ProducerSide spool = ProducerSide.SPOOL;
        report.figure("P8", ratio(publisher, raw, ProducerBenchmark.Phase.FLOOD, ProducerMain.Run::perSecond));
        report.figure(
                "P8_madeBefore",
                ratio(publisher, raw, ProducerBenchmark.Phase.FLOOD_MADE, ProducerMain.Run::perSecond));
        report.figure(
                "P8_byCpu", ratio(raw, publisher, ProducerBenchmark.Phase.FLOOD, ProducerMain.Run::processCpuNanos));
        report.figure(
                "P8_madeBefore_byCpu",
                ratio(raw, publisher, ProducerBenchmark.Phase.FLOOD_MADE, ProducerMain.Run::processCpuNanos));
        if (plan.sides().contains(spool)) {
            report.figure("P9", ratio(spool, publisher, ProducerBenchmark.Phase.FLOOD, ProducerMain.Run::perSecond));
            report.figure(
                    "P9_untilKafkaHasIt",
                    ratio(spool, publisher, ProducerBenchmark.Phase.FLOOD, ProducerMain.Run::perSecondToKafka));
        }
        report.figure(
                "callP99_ratio", ratio(publisher, raw, ProducerBenchmark.Phase.PACE, ProducerMain.Run::callMicros99));
        report.figure(
                "jmhNanos_ratio",
                Report.rounded(3, costs.get(1).nanos() / costs.get(0).nanos()));
        report.figure(
                "jmhBytes_ratio",
                Report.rounded(3, costs.get(1).bytes() / costs.get(0).bytes()));
        report.object("goals").put("P8", ">= 0.9").put("P9", ">= 0.5").put("callP99_ratio", "<= 2");
        ObjectNode sides = report.object("sides");
        plan.sides().forEach(side -> describe(sides.putObject(side.word()), side));
        ObjectNode jmh = report.object("jmhPerEvent");
        for (CallCost.Found cost : costs) {
            jmh.putObject(cost.side().word())
                    .put("callerNanos", Report.rounded(0, cost.nanos()))
                    .put("callerNanosError", Report.rounded(0, cost.nanosError()))
                    .put("bytesOfTheProcess", Report.rounded(0, cost.bytes()));
        }
        ArrayNode others = report.array("otherCores");
        rounds.forEach(round -> others.add(Report.rounded(2, round.otherCores())));
        describeSettings(report.object("settings"));
        return report;
    }

    private BigDecimal ratio(
            ProducerSide above,
            ProducerSide below,
            ProducerBenchmark.Phase phase,
            ToDoubleFunction<ProducerMain.Run> value) {
        return Report.rounded(3, median(above, phase, value) / median(below, phase, value));
    }

    private double median(ProducerSide side, ProducerBenchmark.Phase phase, ToDoubleFunction<ProducerMain.Run> value) {
        return Report.median(runs(side, phase), value);
    }

    private List<ProducerMain.Run> runs(ProducerSide side, ProducerBenchmark.Phase phase) {
        return rounds.stream()
                .flatMap(round -> Stream.ofNullable(round.runs().get(side)))
                .flatMap(phases -> Stream.ofNullable(phases.get(phase)))
                .toList();
    }

    private void describe(ObjectNode json, ProducerSide side) {
        json.put("what", side.what());
        putMedians(json, side, "eventsPerSecond", ProducerMain.Run::perSecond);
        json.put(
                "eventsPerSecondUntilKafkaHasThem",
                Math.round(median(side, ProducerBenchmark.Phase.FLOOD, ProducerMain.Run::perSecondToKafka)));
        putMedians(json, side, "callerCpuNanosPerEvent", run -> run.cpu().callerNanos());
        putMedians(json, side, "cpuNanosPerEvent", ProducerMain.Run::processCpuNanos);
        putMedians(json, side, "callerBytesPerEvent", ProducerMain.Run::callBytes);
        List<ProducerMain.Run> paced = runs(side, ProducerBenchmark.Phase.PACE);
        json.put(
                "callMicros_p50",
                Report.rounded(1, Report.median(paced, run -> run.call().nanos() / 1e3)));
        json.put("callMicros_p99", Report.rounded(1, Report.median(paced, ProducerMain.Run::callMicros99)));
        json.put(
                "callMicros_p999",
                Report.rounded(1, Report.median(paced, run -> run.call().nanos999() / 1e3)));
        ArrayNode each = json.putArray("rounds");
        for (int i = 0; i < paced.size(); i++) {
            each.addObject()
                    .put(
                            "eventsPerSecond",
                            Math.round(runs(side, ProducerBenchmark.Phase.FLOOD)
                                    .get(i)
                                    .perSecond()))
                    .put(
                            "eventsPerSecondMadeBefore",
                            Math.round(runs(side, ProducerBenchmark.Phase.FLOOD_MADE)
                                    .get(i)
                                    .perSecond()))
                    .put("callMicros_p99", Report.rounded(1, paced.get(i).callMicros99()))
                    .put("latestCallLate_ms", Report.rounded(1, paced.get(i).lateNanos() / 1e6));
        }
    }

    /** The median with events made in the call, and under a longer name that with events made before. */
    private void putMedians(ObjectNode json, ProducerSide side, String name, ToDoubleFunction<ProducerMain.Run> value) {
        json.put(name, Math.round(median(side, ProducerBenchmark.Phase.FLOOD, value)));
        json.put(name + "MadeBefore", Math.round(median(side, ProducerBenchmark.Phase.FLOOD_MADE, value)));
    }

    private void describeSettings(ObjectNode json) {
        json.put("rounds", plan.rounds()).put("floodEvents", plan.floodEvents());
        json.put("paceSeconds", plan.paceSeconds()).put("pacePerSecond", plan.pacePerSecond());
        json.put("jmhIterations", plan.jmhIterations()).put("jmhCallsInARow", CallCost.CALLS);
        BenchmarkCluster.describe(json);
        json.put("sideJvm", String.join(" ", jvm));
        settings.forEach((side, given) -> given.forEach(json.putObject(side.word())::put));
    }
}

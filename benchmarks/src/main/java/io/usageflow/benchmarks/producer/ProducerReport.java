package io.usageflow.benchmarks.producer;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.producer.ProducerBenchmark.Phase;
import io.usageflow.benchmarks.producer.ProducerMain.Run;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
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
    /** Medians with events made in the call and, under names that end in MadeBefore, with events made before. */
    private record SideView(
            String what,
            double eventsPerSecond,
            double eventsPerSecondMadeBefore,
            double eventsPerSecondUntilKafkaHasThem,
            double callerCpuNanosPerEvent,
            double callerCpuNanosPerEventMadeBefore,
            double cpuNanosPerEvent,
            double cpuNanosPerEventMadeBefore,
            double callerBytesPerEvent,
            double callerBytesPerEventMadeBefore,
            @JsonProperty("callMicros_p50") double callMicros50,
            @JsonProperty("callMicros_p99") double callMicros99,
            @JsonProperty("callMicros_p999") double callMicros999,
            List<RoundView> rounds) {}

    private record RoundView(
            double eventsPerSecond,
            double eventsPerSecondMadeBefore,
            @JsonProperty("callMicros_p99") double callMicros99,
            @JsonProperty("latestCallLate_ms") double latestCallLate) {}

    private record CallView(double callerNanos, double callerNanosError, double bytesOfTheProcess) {}

    /** The figures are ratios of medians. */
    Report report() {
        Report report = new Report("producer", plan.quick());
        ProducerSide raw = ProducerSide.RAW;
        ProducerSide publisher = ProducerSide.PUBLISHER;
        ProducerSide spool = ProducerSide.SPOOL;
        report.figure("P8", ratio(publisher, raw, Phase.FLOOD, Run::perSecond));
        report.figure("P8_madeBefore", ratio(publisher, raw, Phase.FLOOD_MADE, Run::perSecond));
        report.figure("P8_byCpu", ratio(raw, publisher, Phase.FLOOD, Run::processCpuNanos));
        report.figure("P8_madeBefore_byCpu", ratio(raw, publisher, Phase.FLOOD_MADE, Run::processCpuNanos));
        if (plan.sides().contains(spool)) {
            report.figure("P9", ratio(spool, publisher, Phase.FLOOD, Run::perSecond));
            report.figure("P9_untilKafkaHasIt", ratio(spool, publisher, Phase.FLOOD, Run::perSecondToKafka));
        }
        report.figure("callP99_ratio", ratio(publisher, raw, Phase.PACE, Run::callMicros99));
        report.figure("jmhNanos_ratio", costs.get(1).nanos() / costs.get(0).nanos());
        report.figure("jmhBytes_ratio", costs.get(1).bytes() / costs.get(0).bytes());
        report.put("goals", Map.of("P8", ">= 0.9", "P9", ">= 0.5", "callP99_ratio", "<= 2"));
        Map<String, SideView> sides = new LinkedHashMap<>();
        plan.sides().forEach(side -> sides.put(side.word(), view(side)));
        report.put("sides", sides);
        Map<String, CallView> jmh = new LinkedHashMap<>();
        costs.forEach(cost -> jmh.put(cost.side().word(), new CallView(cost.nanos(), cost.nanosError(), cost.bytes())));
        report.put("jmhPerEvent", jmh);
        report.put(
                "otherCores",
                rounds.stream().map(ProducerBenchmark.Round::otherCores).toList());
        Map<String, Object> bySide = new LinkedHashMap<>();
        settings.forEach((side, given) -> bySide.put(side.word(), given));
        report.settings(
                plan,
                Map.of("jmhCallsInARow", CallCost.CALLS),
                BenchmarkCluster.setup(),
                Map.of("sideJvm", String.join(" ", jvm)),
                bySide);
        return report;
    }

    private double ratio(ProducerSide above, ProducerSide below, Phase phase, ToDoubleFunction<Run> value) {
        return median(above, phase, value) / median(below, phase, value);
    }

    private double median(ProducerSide side, Phase phase, ToDoubleFunction<Run> value) {
        return Report.median(runs(side, phase), value);
    }

    private List<Run> runs(ProducerSide side, Phase phase) {
        return rounds.stream()
                .flatMap(round -> Stream.ofNullable(round.runs().get(side)))
                .flatMap(phases -> Stream.ofNullable(phases.get(phase)))
                .toList();
    }

    private SideView view(ProducerSide side) {
        List<Run> flood = runs(side, Phase.FLOOD);
        List<Run> made = runs(side, Phase.FLOOD_MADE);
        List<Run> paced = runs(side, Phase.PACE);
        return new SideView(
                side.what(),
                Report.median(flood, Run::perSecond),
                Report.median(made, Run::perSecond),
                Report.median(flood, Run::perSecondToKafka),
                Report.median(flood, run -> run.cpu().callerNanos()),
                Report.median(made, run -> run.cpu().callerNanos()),
                Report.median(flood, Run::processCpuNanos),
                Report.median(made, Run::processCpuNanos),
                Report.median(flood, Run::callBytes),
                Report.median(made, Run::callBytes),
                Report.median(paced, run -> run.call().nanos() / 1e3),
                Report.median(paced, Run::callMicros99),
                Report.median(paced, run -> run.call().nanos999() / 1e3),
                IntStream.range(0, paced.size())
                        .mapToObj(round -> new RoundView(
                                flood.get(round).perSecond(),
                                made.get(round).perSecond(),
                                paced.get(round).callMicros99(),
                                paced.get(round).lateNanos() / 1e6))
                        .toList());
    }
}

package io.usageflow.benchmarks.latency;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.side.SideOptions;
import io.usageflow.benchmarks.sink.SinkProcess;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What a run has found. Immutable. */
record LatencyReport(LatencyBenchmark.Plan plan, SideOptions options, List<LatencyBenchmark.Round> rounds) {
    LatencyReport {
        rounds = List.copyOf(rounds);
    }

    Report report() {
        Report report = new Report("latency", plan.quick());
        report.figure("P7_p50_ms", total(Distribution::p50));
        report.figure("P7_p99_ms", total(Distribution::p99));
        report.figure("P7_p999_ms", total(Distribution::p999));
        report.figure("P7_max_ms", total(Distribution::max));
        report.object("goals").put("P7_p50_ms", "<= 40").put("P7_p99_ms", "<= 100");
        ObjectNode stages = report.object("stages");
        stages.set("publishToAdmitted", medians(LatencyBenchmark.Round::toAdmitted));
        stages.set("publishToVisible", medians(LatencyBenchmark.Round::toVisible));
        stages.set("visibleToRequest", medians(LatencyBenchmark.Round::toRequest));
        report.object("cpuMicrosPerEvent")
                .put("publisher", perEvent(LatencyBenchmark.Round.Cores::publisher))
                .put("forwarder", perEvent(LatencyBenchmark.Round.Cores::forwarder))
                .put("broker", perEvent(LatencyBenchmark.Round.Cores::broker))
                .put("sink", perEvent(LatencyBenchmark.Round.Cores::sink));
        ArrayNode each = report.array("rounds");
        for (LatencyBenchmark.Round round : rounds) {
            ObjectNode one = round.total().json();
            one.put("publisherLate_ms", Report.rounded(1, round.lateMs()));
            one.put("otherCores", Report.rounded(2, round.cores().others()));
            each.add(one);
        }
        ObjectNode settings = report.object("settings");
        settings.put("eventsPerSecond", plan.eventsPerSecond());
        settings.put("rounds", plan.rounds());
        settings.put("warmUpEvents", plan.warmUpEvents());
        settings.put("roundSeconds", plan.seconds());
        BenchmarkCluster.describe(settings);
        settings.put("forwarderAndPublisherJvm", String.join(" ", options.jvm()));
        SinkProcess.describe(settings);
        options.describeForwarder(settings, "admission.", "delivery.");
        return report;
    }

    private BigDecimal total(ToDoubleFunction<Distribution> value) {
        return Report.rounded(1, Report.median(rounds, round -> value.applyAsDouble(round.total())));
    }

    private ObjectNode medians(Function<LatencyBenchmark.Round, Distribution> stage) {
        List<Distribution> all = rounds.stream().map(stage).toList();
        return new Distribution(
                        Report.median(all, Distribution::p50),
                        Report.median(all, Distribution::p90),
                        Report.median(all, Distribution::p99),
                        Report.median(all, Distribution::p999),
                        Report.median(all, Distribution::max))
                .json();
    }

    private BigDecimal perEvent(ToDoubleFunction<LatencyBenchmark.Round.Cores> cores) {
        double used = Report.median(rounds, round -> cores.applyAsDouble(round.cores()));
        return Report.rounded(1, used * 1e6 / plan.eventsPerSecond());
    }

    /** Times of one round, in milliseconds. Immutable. */
    record Distribution(double p50, double p90, double p99, double p999, double max) {
        /** Sorts the times. @param micros one for each event, at least one */
        static Distribution of(long[] micros) {
            Arrays.sort(micros);
            return new Distribution(
                    at(micros, 0.5), at(micros, 0.9), at(micros, 0.99), at(micros, 0.999), at(micros, 1));
        }

        /** The smallest value that this share of all do not exceed. */
        private static double at(long[] sorted, double share) {
            int rank = (int) Math.ceil(share * sorted.length);
            return sorted[Math.max(1, rank) - 1] / 1e3;
        }

        ObjectNode json() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("p50_ms", Report.rounded(1, p50))
                    .put("p90_ms", Report.rounded(1, p90))
                    .put("p99_ms", Report.rounded(1, p99))
                    .put("p999_ms", Report.rounded(1, p999))
                    .put("max_ms", Report.rounded(1, max));
        }
    }
}

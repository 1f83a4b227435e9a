package io.usageflow.benchmarks.latency;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.latency.LatencyBenchmark.Round;
import io.usageflow.benchmarks.measure.Report;
import io.usageflow.benchmarks.side.SideOptions;
import io.usageflow.benchmarks.sink.SinkProcess;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What a run has found. Immutable. */
record LatencyReport(LatencyBenchmark.Plan plan, SideOptions options, List<Round> rounds) {
    LatencyReport {
        rounds = List.copyOf(rounds);
    }

    private record Stages(
            Distribution publishToAdmitted, Distribution publishToVisible, Distribution visibleToRequest) {}

    private record CpuMicros(double publisher, double forwarder, double broker, double sink) {}

    private record RoundView(
            @JsonUnwrapped Distribution total,
            @JsonProperty("publisherLate_ms") double publisherLate,
            double otherCores) {}

    Report report() {
        Distribution total = medians(Round::total);
        Report report = new Report("latency", plan.quick());
        report.figure("P7_p50_ms", total.p50);
        report.figure("P7_p99_ms", total.p99);
        report.figure("P7_p999_ms", total.p999);
        report.figure("P7_max_ms", total.max);
        report.put("goals", Map.of("P7_p50_ms", "<= 75", "P7_p99_ms", "<= 200"));
        report.put(
                "stages", new Stages(medians(Round::toAdmitted), medians(Round::toVisible), medians(Round::toRequest)));
        report.put(
                "cpuMicrosPerEvent",
                new CpuMicros(
                        perEvent(Round.Cores::publisher),
                        perEvent(Round.Cores::forwarder),
                        perEvent(Round.Cores::broker),
                        perEvent(Round.Cores::sink)));
        report.put(
                "rounds",
                rounds.stream()
                        .map(round -> new RoundView(
                                round.total(), round.lateMs(), round.cores().others()))
                        .toList());
        report.settings(
                plan,
                BenchmarkCluster.setup(),
                Map.of("forwarderAndPublisherJvm", String.join(" ", options.jvm())),
                SinkProcess.setup(),
                Map.of("forwarder", options.forwarder("admission.", "delivery.")));
        return report;
    }

    private Distribution medians(Function<Round, Distribution> stage) {
        return Distribution.medians(rounds, stage);
    }

    private double perEvent(ToDoubleFunction<Round.Cores> cores) {
        return Report.median(rounds, round -> cores.applyAsDouble(round.cores())) * 1e6 / plan.eventsPerSecond();
    }

    /** Times of one round, in milliseconds. Immutable. */
    record Distribution(
            @JsonProperty("p50_ms") double p50,
            @JsonProperty("p90_ms") double p90,
            @JsonProperty("p99_ms") double p99,
            @JsonProperty("p999_ms") double p999,
            @JsonProperty("max_ms") double max) {
        /** The median of each share over all rounds. */
        static <T> Distribution medians(List<T> rounds, Function<T, ? extends @Nullable Distribution> of) {
            List<Distribution> all =
                    rounds.stream().map(of).map(Objects::requireNonNull).toList();
            return new Distribution(
                    Report.median(all, Distribution::p50),
                    Report.median(all, Distribution::p90),
                    Report.median(all, Distribution::p99),
                    Report.median(all, Distribution::p999),
                    Report.median(all, Distribution::max));
        }

        static Distribution of(int count, IntToLongFunction micros) {
            long[] all = new long[count];
            Arrays.setAll(all, micros);
            return of(all);
        }

        /** Sorts the times, in microseconds; at least one. */
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
    }
}

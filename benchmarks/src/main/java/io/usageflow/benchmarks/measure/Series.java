package io.usageflow.benchmarks.measure;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.usageflow.benchmarks.measure.SliceWatch.Speed;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What one side did in all rounds that count: the medians, then every round. Immutable.
 *
 * @param side its name
 * @param what it is, in a sentence
 * @param rounds in their order
 */
@JsonPropertyOrder({"what", "eventsPerSecond", "cpuMicrosPerEvent", "brokerCpuMicrosPerEvent", "rounds"})
public record Series(@JsonIgnore String side, String what, List<Turn> rounds) {
    public Series {
        rounds = List.copyOf(rounds);
    }

    /**
     * One slice through one side. Immutable.
     *
     * @param idsBefore ids that the side was given before
     * @param idsAfter ids that it was given with this slice
     */
    public record Turn(@JsonUnwrapped Speed speed, long idsBefore, long idsAfter) {}

    @JsonProperty
    public double eventsPerSecond() {
        return median(Speed::eventsPerSecond);
    }

    @JsonProperty
    public double cpuMicrosPerEvent() {
        return median(Speed::cpuMicrosPerEvent);
    }

    @JsonProperty
    double brokerCpuMicrosPerEvent() {
        return median(Speed::brokerCpuMicrosPerEvent);
    }

    double median(ToDoubleFunction<Speed> value) {
        return Report.median(rounds, round -> value.applyAsDouble(round.speed()));
    }

    /** By the names of their sides, in this order. */
    public static Map<String, Object> bySide(List<Series> all) {
        Map<String, Object> bySide = new LinkedHashMap<>();
        all.forEach(series -> bySide.put(series.side, series));
        return bySide;
    }

    /**
     * How many times as fast one side is as another, both measured in turns in one run. Its JSON has what helps to
     * judge it: each round's own ratio, and the ratio of CPU times, which noise moves less. Immutable.
     *
     * @param name as docs/benchmarks.md has it
     * @param goal what it should reach
     * @param one the side above the line
     * @param other the side below
     */
    @JsonPropertyOrder({"value", "goal", "of", "medianOfRounds", "lowest", "highest", "byRound", "byCpu"})
    public record Figure(
            @JsonIgnore String name,
            String goal,
            @JsonIgnore Series one,
            @JsonIgnore Series other) {
        /** By their names, in this order. */
        public static Map<String, Object> byName(List<Figure> all) {
            Map<String, Object> byName = new LinkedHashMap<>();
            all.forEach(figure -> byName.put(figure.name, figure));
            return byName;
        }

        /** The ratio of the medians of both sides' events per second. */
        @JsonProperty
        public double value() {
            return one.eventsPerSecond() / other.eventsPerSecond();
        }

        @JsonProperty
        String of() {
            return one.side + " / " + other.side;
        }

        @JsonProperty
        double medianOfRounds() {
            return Report.median(byRound(), Double::doubleValue);
        }

        @JsonProperty
        double lowest() {
            return Collections.min(byRound());
        }

        @JsonProperty
        double highest() {
            return Collections.max(byRound());
        }

        @JsonProperty
        List<Double> byRound() {
            return IntStream.range(0, Math.min(one.rounds.size(), other.rounds.size()))
                    .mapToObj(round -> eventsPerSecond(one, round) / eventsPerSecond(other, round))
                    .toList();
        }

        private static double eventsPerSecond(Series series, int round) {
            return series.rounds.get(round).speed().eventsPerSecond();
        }

        @JsonProperty
        double byCpu() {
            return byCpu(Speed::cpuMicrosPerEvent);
        }

        @JsonProperty
        double byCpuWithBroker() {
            return byCpu(speed -> speed.cpuMicrosPerEvent() + speed.brokerCpuMicrosPerEvent());
        }

        private double byCpu(ToDoubleFunction<Speed> cpu) {
            return other.median(cpu) / Math.max(1e-9, one.median(cpu));
        }
    }
}

package io.usageflow.benchmarks.measure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.measure.SliceWatch.Speed;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one side did in all rounds that count. Immutable.
 *
 * @param side its name
 * @param what it is, in a sentence
 * @param rounds in their order
 */
public record Series(String side, String what, List<Turn> rounds) {
    public Series {
        rounds = List.copyOf(rounds);
    }

    /**
     * One slice through one side. Immutable.
     *
     * @param idsBefore ids that the side was given before
     * @param idsAfter ids that it was given with this slice
     */
    public record Turn(Speed speed, long idsBefore, long idsAfter) {}

    List<Double> all(ToDoubleFunction<Speed> value) {
        return rounds.stream().map(round -> value.applyAsDouble(round.speed())).toList();
    }

    double median(ToDoubleFunction<Speed> value) {
        return Report.median(rounds, round -> value.applyAsDouble(round.speed()));
    }

    /** Adds them to a report by the names of their sides. */
    public static void addTo(ObjectNode report, List<Series> all) {
        all.forEach(series -> report.set(series.side(), series.json()));
    }

    /** Medians first, then every round. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("what", what);
        json.put("eventsPerSecond", Math.round(median(Speed::eventsPerSecond)));
        json.put("cpuMicrosPerEvent", Report.rounded(2, median(Speed::cpuMicros)));
        json.put("brokerCpuMicrosPerEvent", Report.rounded(2, median(Speed::brokerCpuMicros)));
        ArrayNode each = json.putArray("rounds");
        for (Turn round : rounds) {
            each.addObject()
                    .put("eventsPerSecond", Math.round(round.speed().eventsPerSecond()))
                    .put("cpuMicrosPerEvent", Report.rounded(2, round.speed().cpuMicros()))
                    .put(
                            "brokerCpuMicrosPerEvent",
                            Report.rounded(2, round.speed().brokerCpuMicros()))
                    .put("otherCores", Report.rounded(2, round.speed().otherCores()))
                    .put("eventsMeasured", round.speed().events())
                    .put("idsBefore", round.idsBefore())
                    .put("idsAfter", round.idsAfter());
        }
        return json;
    }

    /**
     * How many times as fast one side is as another, both measured in turns in one run. Immutable.
     *
     * @param name as docs/benchmarks.md has it
     * @param goal what it should reach
     * @param one the side above the line
     * @param other the side below
     */
    public record Figure(String name, String goal, Series one, Series other) {
        /** Of the medians of both sides' events per second. */
        public BigDecimal value() {
            return Report.rounded(3, one.median(Speed::eventsPerSecond) / other.median(Speed::eventsPerSecond));
        }

        /** Adds it to the top of a report. */
        public void addTo(Report report) {
            report.figure(name, value(), one.side() + " / " + other.side(), "(goal " + goal + ")");
        }

        /** The value with what helps to judge it: each round's own ratio, and the ratio of CPU times, which noise moves less. */
        public ObjectNode json() {
            List<Double> rounds = byRound();
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("value", value()).put("goal", goal);
            json.put("of", one.side() + " / " + other.side());
            json.put("medianOfRounds", Report.rounded(3, Report.median(rounds, Double::doubleValue)));
            json.put("lowest", Report.rounded(3, Collections.min(rounds)));
            json.put("highest", Report.rounded(3, Collections.max(rounds)));
            ArrayNode each = json.putArray("byRound");
            rounds.forEach(ratio -> each.add(Report.rounded(3, ratio)));
            json.put("byCpu", byCpu(Speed::cpuMicros));
            json.put("byCpuWithBroker", byCpu(speed -> speed.cpuMicros() + speed.brokerCpuMicros()));
            return json;
        }

        private BigDecimal byCpu(ToDoubleFunction<Speed> cpu) {
            return Report.rounded(3, other.median(cpu) / Math.max(1e-9, one.median(cpu)));
        }

        private List<Double> byRound() {
            List<Double> above = one.all(Speed::eventsPerSecond);
            List<Double> below = other.all(Speed::eventsPerSecond);
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < Math.min(above.size(), below.size()); round++) {
                ratios.add(above.get(round) / below.get(round));
            }
            return ratios;
        }
    }
}

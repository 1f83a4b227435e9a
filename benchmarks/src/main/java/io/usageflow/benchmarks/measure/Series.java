package io.usageflow.benchmarks.measure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
}

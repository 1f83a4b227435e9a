package io.usageflow.benchmarks.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.benchmarks.ground.Measured;
import io.usageflow.benchmarks.measure.Speed;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one side did in all rounds that count. Immutable.
 *
 * @param side its name
 * @param what it is, in a sentence
 * @param rounds in their order
 */
public record Series(String side, String what, List<Measured> rounds) {
    public Series {
        rounds = List.copyOf(rounds);
    }

    List<Double> all(ToDoubleFunction<Speed> value) {
        return rounds.stream().map(round -> value.applyAsDouble(round.speed())).toList();
    }

    double median(ToDoubleFunction<Speed> value) {
        return Medians.of(all(value));
    }

    /** Medians first, then every round. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("what", what);
        json.put("eventsPerSecond", Math.round(median(Speed::eventsPerSecond)));
        json.put("cpuMicrosPerEvent", Rounded.to(2, median(Speed::cpuMicros)));
        json.put("brokerCpuMicrosPerEvent", Rounded.to(2, median(Speed::brokerCpuMicros)));
        ArrayNode each = json.putArray("rounds");
        for (Measured round : rounds) {
            each.addObject()
                    .put("eventsPerSecond", Math.round(round.speed().eventsPerSecond()))
                    .put("cpuMicrosPerEvent", Rounded.to(2, round.speed().cpuMicros()))
                    .put("brokerCpuMicrosPerEvent", Rounded.to(2, round.speed().brokerCpuMicros()))
                    .put("otherCores", Rounded.to(2, round.speed().otherCores()))
                    .put("eventsMeasured", round.speed().events())
                    .put("idsBefore", round.idsBefore())
                    .put("idsAfter", round.idsAfter());
        }
        return json;
    }
}

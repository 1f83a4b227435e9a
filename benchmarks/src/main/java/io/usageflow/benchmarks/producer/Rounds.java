package io.usageflow.benchmarks.producer;

import io.usageflow.benchmarks.report.Medians;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What all sides did in the rounds that count. Not thread-safe. */
final class Rounds {
    private final Map<ProducerSide, Map<Phase, List<Run>>> runs = new EnumMap<>(ProducerSide.class);
    private final List<Double> others = new ArrayList<>();

    void add(ProducerSide side, Phase phase, Run run) {
        runs.computeIfAbsent(side, key -> new EnumMap<>(Phase.class))
                .computeIfAbsent(phase, key -> new ArrayList<>())
                .add(run);
    }

    /** Cores that other processes took, by round. */
    List<Double> others() {
        return others;
    }

    boolean has(ProducerSide side) {
        return runs.containsKey(side);
    }

    List<Run> of(ProducerSide side, Phase phase) {
        return runs.getOrDefault(side, Map.of()).getOrDefault(phase, List.of());
    }

    double median(ProducerSide side, Phase phase, ToDoubleFunction<Run> value) {
        return Medians.of(of(side, phase).stream().map(value::applyAsDouble).toList());
    }
}

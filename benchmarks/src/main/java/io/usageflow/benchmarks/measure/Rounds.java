package io.usageflow.benchmarks.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rounds of a benchmark. The first ones are dropped, because compilers and caches are cold in them. */
public final class Rounds {
    private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

    private Rounds() {}

    /**
     * Runs the rounds, one after the other.
     *
     * @param counted rounds that count; the dropped ones come before
     * @return the results of the rounds that count, in their order
     */
    public static <T> List<T> repeat(int dropped, int counted, Supplier<T> round) {
        List<T> results = new ArrayList<>();
        for (int i = 0; i < dropped + counted; i++) {
            T result = round.get();
            if (i >= dropped) {
                results.add(result);
            }
            LOG.info("event=round number={} of={}", i + 1, dropped + counted);
        }
        return results;
    }

    /**
     * Lets the sides take turns within each round, so that a disturbance of the machine disturbs all of them.
     *
     * @param counted rounds that count; the dropped ones come before
     * @return by side, in their order: the results of the rounds that count
     */
    public static <S, T> Map<S, List<T>> alternate(
            int dropped, int counted, Collection<S> sides, Function<? super S, T> turn) {
        Map<S, List<T>> results = new LinkedHashMap<>();
        sides.forEach(side -> results.put(side, new ArrayList<>()));
        List<Map<S, T>> rounds = repeat(dropped, counted, () -> {
            Map<S, T> round = new LinkedHashMap<>();
            sides.forEach(side -> round.put(side, turn.apply(side)));
            return round;
        });
        rounds.forEach(round -> results.forEach((side, all) -> all.add(round.get(side))));
        return results;
    }
}

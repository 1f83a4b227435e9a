package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The index against a plain map: no ordinal is missed, and none that is forgotten is found. */
class IdIndexProperties {
    /** Adds that many ids, then forgets the oldest so many of all. */
    private record Step(int added, int forgotten) {}

    @Property(tries = 200)
    void shouldFindWhatAMapWouldFind(@ForAll("steps") List<Step> steps, @ForAll boolean colliding) {
        IdIndex index = new IdIndex();
        Map<Long, List<Long>> model = new HashMap<>();
        long end = 5_000_000_000L;
        long floor = end;
        index.forgetBefore(floor);
        for (Step step : steps) {
            for (int i = 0; i < step.added; i++) {
                // Few hashes, so that ids share them; or many.
                long hash = IdIndex.hash(0, colliding ? end % 7 : end);
                index.add(hash, end);
                model.computeIfAbsent(hash, h -> new ArrayList<>()).add(end);
                end++;
            }
            floor = Math.min(end, floor + step.forgotten);
            index.forgetBefore(floor);
            long oldest = floor;
            model.values().forEach(ordinals -> ordinals.removeIf(ordinal -> ordinal < oldest));
        }
        model.forEach((hash, ordinals) -> assertThat(found(index, hash)).containsExactlyInAnyOrderElementsOf(ordinals));
        assertThat(found(index, IdIndex.hash(1, 1))).isEmpty();
    }

    @Example
    void shouldTakeNoMoreHeapThanItSays() {
        IdIndex index = new IdIndex();
        int window = 200_000;
        for (long i = 0; i < 2_000_000; i++) {
            index.add(IdIndex.hash(i, ~i), i);
            index.forgetBefore(Math.max(0, i - window));
            if (i > window && i % 10_000 == 0) {
                assertThat(index.bytes()).isBetween(10L * window, 27L * window);
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> numbers = Arbitraries.integers().between(0, 300);
        return Combinators.combine(numbers, numbers).as(Step::new).list().ofMaxSize(20);
    }

    private static List<Long> found(IdIndex index, long hash) {
        List<Long> found = new ArrayList<>();
        for (long ordinal = index.first(hash); ordinal != IdIndex.NONE; ordinal = index.next()) {
            found.add(ordinal);
        }
        return found;
    }
}

package io.usageflow.forwarder.admission.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The index against a plain map: no ordinal is missed, and none that is forgotten is found.
 *
 * <p>The tables over names that strangers choose, and what keeps chosen names from slowing them:
 *
 * <pre>
 * IdIndex, links.LatestByKey                       a keyed hash, secret in each instance (here, LatestByKeyTest)
 * maps by Customer, maps by links.Reference        keys are comparable, so that Java sorts those that share a hash
 *                                                  (CustomerQueuesTest, this package cannot see them)
 * maps by String, UUID or Avro's Utf8              comparable in Java and Avro
 * Streams' stores in memory                        sorted by bytes
 * blocks of ids on disk                            in the order of arrival: no hash is part of them
 * </pre>
 */
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
                long hash = index.hash(0, colliding ? end % 7 : end);
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
        assertThat(found(index, index.hash(1, 1))).isEmpty();
    }

    @Example
    void shouldTakeNoMoreHeapThanItSays() {
        IdIndex index = new IdIndex();
        int window = 200_000;
        for (long i = 0; i < 2_000_000; i++) {
            index.add(index.hash(i, ~i), i);
            index.forgetBefore(Math.max(0, i - window));
            if (i > window && i % 10_000 == 0) {
                assertThat(index.bytes()).isBetween(10L * window, 27L * window);
            }
        }
    }

    /**
     * Ids that all had one hash before hashes were keyed: the second 5,000 of them took 105 seconds. Probes are counted and
     * not time, which a busy machine changes.
     */
    @Property(tries = 10)
    void shouldFindChosenIdsWithAsFewProbesAsRandomOnes(@ForAll long sharedHash, @ForAll Random random) {
        long chosen = probes(i -> {
            long high = random.nextLong();
            return new UUID(high, sharedHash - high * 0x9E3779B97F4A7C15L);
        });
        long any = probes(i -> new UUID(random.nextLong(), random.nextLong()));

        assertThat(chosen).isLessThan(any * 12 / 10);
    }

    private static long probes(IntFunction<UUID> ids) {
        DedupStore seen =
                new DedupStore(new HeapStore(), new AgeGuard(Duration.ofDays(35), Duration.ofHours(1)), 20_000_000);
        for (int i = 0; i < 12_000; i++) {
            UUID id = ids.apply(i);
            assertThat(seen.lookUp(id, 1)).isInstanceOf(DedupResult.First.class);
            seen.remember(id, new DedupResult.FirstRecord(i, 1, InputSource.EVENTS, i), i);
            assertThat(seen.lookUp(id, 1)).isInstanceOf(DedupResult.Repeat.class);
        }
        return seen.probes();
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

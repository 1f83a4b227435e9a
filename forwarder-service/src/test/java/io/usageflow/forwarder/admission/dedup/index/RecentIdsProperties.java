package io.usageflow.forwarder.admission.dedup.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.dedup.AgeGuard;
import io.usageflow.forwarder.admission.dedup.DedupResult;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.admission.dedup.DedupStore;
import io.usageflow.forwarder.admission.dedup.TestStores;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * The index in the heap against a plain map.
 *
 * <p>The tables over names that strangers choose, and what keeps chosen names from slowing them:
 *
 * <pre>
 * RecentIds, IdSegment, links.LatestByKey            a keyed hash, secret in each folder or instance (here, LatestByKeyTest)
 * maps by Customer, maps by links.Reference        keys are comparable, so that Java sorts those that share a hash
 *                                                  (CustomerQueuesTest, this package cannot see them)
 * maps by String, UUID or Avro's Utf8              comparable in Java and Avro
 * Streams' stores in memory                        sorted by bytes
 * blocks of ids on disk                            in the order of arrival: no hash is part of them
 * </pre>
 */
class RecentIdsProperties {
    @Property(tries = 200)
    void shouldFindWhatAMapWouldFind(@ForAll @IntRange(max = 3_000) int count, @ForAll boolean colliding) {
        long first = 5_000_000_000L;
        RecentIds ids = new RecentIds(first);
        Map<Long, List<Long>> model = new HashMap<>();
        Random random = new Random(count);
        for (int i = 0; i < count; i++) {
            long hash = colliding ? random.nextInt(7) : random.nextLong();
            ids.add(hash, IdTimes.NONE);
            model.computeIfAbsent(hash, h -> new ArrayList<>()).add(first + i);
        }
        model.forEach((hash, ordinals) -> assertThat(found(ids, hash)).containsExactlyInAnyOrderElementsOf(ordinals));
        assertThat(found(ids, -7)).isEmpty();
        assertThat(ids.end()).isEqualTo(first + count);
    }

    @Example
    void shouldTakeNoMoreHeapThanItSays() {
        RecentIds ids = new RecentIds(0);
        Random random = new Random(1);
        for (int i = 1; i < 1_000_000; i++) {
            ids.add(random.nextLong(), IdTimes.NONE);
            if (i > 1000 && i % 1000 == 0) {
                assertThat(ids.heapBytes()).isBetween(16L * i, 33L * i);
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
        try (TestStores stores = new TestStores(100_000, 8)) {
            DedupStore seen =
                    stores.open(new HeapStore(), new AgeGuard(Duration.ofDays(35), Duration.ofHours(1)), 20_000_000);
            for (int i = 0; i < 12_000; i++) {
                UUID id = ids.apply(i);
                assertThat(seen.lookUp(id, 1)).isInstanceOf(DedupResult.First.class);
                seen.remember(id, new DedupResult.FirstRecord(i, 1, InputSource.EVENTS, i), i);
                assertThat(seen.lookUp(id, 1)).isInstanceOf(DedupResult.Repeat.class);
            }
            return stores.probes();
        }
    }

    private static List<Long> found(RecentIds ids, long hash) {
        List<Long> found = new ArrayList<>();
        for (int slot = ids.find(hash); slot >= 0; slot = ids.findAfter(hash, slot)) {
            found.add(ids.ordinalAt(slot));
        }
        return found;
    }
}

package io.usageflow.forwarder.reconcile.unknown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class IdTableTest {
    @Test
    void shouldHoldWhatAMapWouldThroughManyAdditionsAndRemovals() throws Exception {
        var random = new Random(7);
        var table = new IdTable(100_000);
        Map<UUID, Integer> held = new HashMap<>();
        Set<UUID> added = new HashSet<>();

        for (int i = 0; i < 60_000; i++) {
            // Few high halves, as time-ordered ids of one second have.
            UUID id = new UUID(random.nextInt(3), random.nextInt(30_000));
            if (random.nextInt(4) > 0) {
                boolean fresh = added.add(id);
                assertThat(table.add(id, i)).isEqualTo(fresh);
                if (fresh) {
                    held.put(id, i);
                }
            } else {
                assertThat(table.remove(id)).isEqualTo(held.remove(id) != null);
            }
        }

        Map<UUID, Integer> visited = new HashMap<>();
        table.forEach(visited::put);
        assertThat(visited).isEqualTo(held);
        assertThat(table.size()).isEqualTo(held.size());
        assertThat(table.added()).isEqualTo(added.size());
    }

    @Test
    void shouldTakeTheIdOfZerosAsAnyOther() {
        var table = new IdTable(2);
        UUID zeros = new UUID(0, 0);

        assertThat(table.remove(zeros)).isFalse();
        assertThat(table.add(zeros, 0)).isTrue();
        assertThat(table.add(zeros, 0)).isFalse();
        assertThat(table.remove(zeros)).isTrue();
        assertThat(table.add(zeros, 0)).describedAs("removed is not forgotten").isFalse();
    }

    /** Ids that all had one slot before hashes were keyed. */
    @Test
    void shouldFindChosenIdsWithAsFewProbesAsRandomOnes() {
        var random = new Random(7);
        long chosen = probes(() -> {
            long low = random.nextLong();
            return new UUID(4711 ^ Long.rotateLeft(low, 32), low);
        });
        long any = probes(() -> new UUID(random.nextLong(), random.nextLong()));

        assertThat(chosen).isLessThan(any * 12 / 10);
    }

    private static long probes(Supplier<UUID> ids) {
        var table = new IdTable(12_000);
        for (int i = 0; i < 12_000; i++) {
            table.add(ids.get(), i);
        }
        return table.probes();
    }

    @Test
    void shouldRefuseWhatItHasNoRoomFor() {
        var table = new IdTable(1);
        table.add(new UUID(1, 1), 0);

        assertThat(table.isFull()).isTrue();
        assertThatThrownBy(() -> table.add(new UUID(1, 2), 0)).isInstanceOf(IllegalStateException.class);
        table.clear();
        assertThat(table.add(new UUID(1, 2), 0)).isTrue();
    }
}

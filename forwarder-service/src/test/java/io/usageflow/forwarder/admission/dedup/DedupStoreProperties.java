package io.usageflow.forwarder.admission.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.dedup.DedupResult.FirstRecord;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** The store against a map, with segments so small that histories cross many of them, in time and early forgetting. */
class DedupStoreProperties {
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final Duration WINDOW = Duration.ofDays(2);
    private static final int SEGMENTS_MANY = 5;
    private static final String MANY = "five or more";

    private enum Kind {
        REMEMBER,
        REMEMBER_TOO,
        COMMIT,
        COMMIT_TOO,
        /** The transaction is rolled back, and Streams deletes the files. */
        ABORT,
        /** The same, but the files stay: none may hold what was rolled back. */
        ABORT_AND_KEEP_FILES,
        RESTART,
        FORGET,
        DAMAGE,
        MOVE_AWAY_AND_BACK
    }

    private record Step(Kind kind, int number) {}

    @Property(tries = 300)
    void shouldKnowWhatAMapKnows(@ForAll("steps") List<Step> steps, @ForAll long seed) throws IOException {
        try (TestStores stores = new TestStores(8, 3)) {
            History history = new History(stores, new Random(seed));
            for (Step step : steps) {
                history.apply(step);
            }
            history.check();
            history.commit();
            history.restart();
            history.check();
            stores.files();
            Statistics.label("segments crossed").collect(stores.crossed() >= SEGMENTS_MANY ? MANY : "fewer");
            Statistics.label("forgotten early").collect(history.early > 0);
            Statistics.label("forgotten in time").collect(history.inTime > 0);
        }
        Statistics.label("segments crossed")
                .coverage(checked -> checked.check(MANY).percentage(share -> share > 30));
        Statistics.label("forgotten early")
                .coverage(checked -> checked.check(true).percentage(share -> share > 10));
        Statistics.label("forgotten in time")
                .coverage(checked -> checked.check(true).percentage(share -> share > 10));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Kind.values()), Arbitraries.integers().between(0, 60))
                .as(Step::new)
                .list()
                .ofMinSize(30)
                .ofMaxSize(80);
    }

    private static final class History {
        private final TestStores stores;
        private final Random random;
        private final AgeGuard guard = new AgeGuard(WINDOW, Duration.ofHours(1));
        private HeapStore records = new HeapStore();
        private HeapStore committed = new HeapStore();
        private Map<UUID, FirstRecord> known = new LinkedHashMap<>();
        private Map<UUID, FirstRecord> knownCommitted = new LinkedHashMap<>();
        private final List<UUID> all = new ArrayList<>();
        private DedupStore store;
        private long clock = Duration.ofDays(20_000).toMillis();
        private long offset;
        private int inTime;
        private int early;

        History(TestStores stores, Random random) {
            this.stores = stores;
            this.random = random;
            this.store = stores.open(records, guard, 200);
        }

        void apply(Step step) throws IOException {
            clock += HOUR / 2;
            switch (step.kind) {
                case REMEMBER, REMEMBER_TOO -> remember(step.number);
                case COMMIT, COMMIT_TOO -> commit();
                case ABORT -> {
                    rollBack();
                    stores.closeIndex();
                    for (Path file : stores.files()) {
                        Files.delete(file);
                    }
                    restart();
                }
                case ABORT_AND_KEEP_FILES -> {
                    if (step.number % 2 == 0) {
                        store.write(); // dies between this and the commit
                    }
                    rollBack();
                    restart();
                }
                case RESTART -> {
                    commit();
                    restart();
                }
                case FORGET -> forget(step.number);
                case DAMAGE -> damage(step.number);
                case MOVE_AWAY_AND_BACK -> moveAwayAndBack(step.number);
            }
        }

        void restart() {
            store = stores.open(records, guard, 200);
        }

        void check() {
            for (UUID id : all) {
                FirstRecord memory = known.get(id);
                DedupResult expected = memory == null ? new DedupResult.First() : new DedupResult.Repeat(memory);
                assertThat(store.lookUp(id, memory == null ? 0 : memory.fingerprint()))
                        .isEqualTo(expected);
            }
            assertThat(store.lookUp(id(), 0)).isEqualTo(new DedupResult.First());
            assertThat(store.count()).isEqualTo(known.size());
        }

        private void remember(int number) {
            for (int i = 0; i < number; i++) {
                // Mostly new, or one that was forgotten or rolled back.
                UUID id = all.isEmpty() || random.nextInt(4) > 0 ? id() : all.get(random.nextInt(all.size()));
                DedupResult result = store.lookUp(id, 0);
                assertThat(result instanceof DedupResult.First).isEqualTo(!known.containsKey(id));
                if (result instanceof DedupResult.First) {
                    FirstRecord memory = new FirstRecord(clock, offset, InputSource.EVENTS, offset++);
                    store.remember(id, memory, clock);
                    known.put(id, memory);
                    all.add(id);
                }
            }
        }

        private UUID id() {
            return random.nextBoolean()
                    ? new UUID(random.nextLong(), random.nextLong())
                    : new UUID(
                            (clock - random.nextInt((int) HOUR)) << 16 | 0x7000 | random.nextInt(0xFFF),
                            random.nextLong());
        }

        private void commit() {
            store.write();
            committed = records.copy();
            knownCommitted = new LinkedHashMap<>(known);
        }

        private void rollBack() {
            records = committed.copy();
            known = new LinkedHashMap<>(knownCommitted);
        }

        /** After the window and, since at most 200 are kept, before it. */
        private void forget(int number) {
            store.write();
            clock += number * HOUR / 4;
            DedupStore.Forgotten forgotten = store.forget(clock, 30);
            inTime += forgotten.inTime();
            early += forgotten.early();
            int count = forgotten.inTime() + forgotten.early();
            known.keySet().removeAll(List.copyOf(known.keySet()).subList(0, count));
            commit();
        }

        /** Cuts a file, swaps it for another, or leaves what a dying writer leaves. */
        private void damage(int number) throws IOException {
            commit();
            stores.closeIndex();
            List<Path> files = stores.files();
            if (!files.isEmpty()) {
                Path file = files.get(number % files.size());
                byte[] bytes = Files.readAllBytes(file);
                switch (number % 4) {
                    case 0 -> Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1 - number * 3));
                    case 1 -> Files.write(file.resolveSibling(file.getFileName() + ".tmp"), new byte[number]);
                    case 2 -> Files.delete(file);
                    default -> {
                        bytes[number] ^= 1; // in its header
                        Files.write(file, bytes);
                    }
                }
            }
            restart();
        }

        /** Another instance has the partition meanwhile; this one finds its old files. */
        private void moveAwayAndBack(int number) {
            commit();
            stores.closeIndex();
            try (TestStores elsewhere = new TestStores(8, 3)) {
                store = elsewhere.open(records, guard, 200);
                remember(number);
                forget(number);
            }
            restart();
        }
    }
}

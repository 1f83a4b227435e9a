package io.usageflow.forwarder.admission.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.dedup.DedupResult.FirstRecord;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.admission.dedup.index.IdIndex;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls that Streams makes while it restores a task, updates a standby, hands it over and takes it back. */
class IndexedIdStoreTest {
    private static final IdIndex.Sizes SIZES = new IdIndex.Sizes(10, 3);
    private static final Duration WINDOW = Duration.ofDays(35);

    @TempDir
    Path taskFolder;

    private final AgeGuard guard = new AgeGuard(WINDOW, Duration.ofHours(1));
    private final HeapStore records = new HeapStore();
    private final IndexedIdStore store = new IndexedIdStore(records, SIZES);
    /** Writes what the store then restores. */
    private final TestStores elsewhere = new TestStores(1000, 8);

    private DedupStore active = elsewhere.open(records, guard, 1000);

    @BeforeEach
    void init() {
        StateStoreContext context = (StateStoreContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {StateStoreContext.class}, (proxy, method, args) -> {
                    assertThat(method.getName()).isEqualTo("stateDir");
                    return taskFolder.toFile();
                });
        store.init(context, store);
    }

    @AfterEach
    void close() {
        store.close();
        elsewhere.close();
    }

    @Test
    void shouldIndexWhileIdsAreRestored() {
        for (int from = 0; from < 200; from += 20) {
            restore(from, from + 20, 0);
            store.commit(Map.of());
        }
        assertThat(folder()).isNotEmptyDirectory();

        restore(200, 225, 0);
        requireKnown(225, store.openIndex());
    }

    @Test
    void shouldIndexAgainWhenTheNumbersBeginAnew() {
        // Blocks of one id, so that those of both times begin and end at the same numbers.
        IntStream.range(0, 100).forEach(i -> restore(i, i + 1, 0));
        store.commit(Map.of());

        // All ids expired, and the partition's owner has started again.
        assertThat(active.forget(WINDOW.toMillis() * 2, 1000).inTime()).isEqualTo(100);
        active = elsewhere.open(records, guard, 1000);
        IntStream.range(1000, 1150).forEach(i -> restore(i, i + 1, WINDOW.toMillis() * 2));
        store.commit(Map.of());

        DedupStore opened = new DedupStore(records, store.openIndex(), guard, ids -> 1000);
        assertThat(opened.count()).isEqualTo(150);
        assertThat(IntStream.range(1000, 1150)).allMatch(i -> opened.lookUp(id(i), i) instanceof DedupResult.Repeat);
        assertThat(opened.lookUp(id(5), 5)).isEqualTo(new DedupResult.First());
    }

    @Test
    void shouldHandOverAndTakeBack() {
        restore(0, 100, 0);
        DedupStore here = new DedupStore(records, store.openIndex(), guard, ids -> 1000);
        IntStream.range(100, 150).forEach(i -> here.remember(id(i), memory(i, 0), 0));
        store.closeIndex();
        here.write(); // the last commit follows the close of the processor
        store.commit(Map.of());

        active = elsewhere.open(records, guard, 1000);
        restore(150, 200, 0); // as a standby
        store.commit(Map.of());
        requireKnown(200, store.openIndex());
    }

    @Test
    void shouldLeaveNoThreadInTheFolder() throws Exception {
        restore(0, 100, 0);
        DedupStore here = new DedupStore(records, store.openIndex(), guard, ids -> 1000);
        for (int i = 100; i < 2000; i++) {
            here.remember(id(i), memory(i, 0), 0);
            if (i % 10 == 0) {
                here.write();
            }
        }
        store.closeIndex();
        String then = listing();
        Thread.sleep(50); // would show a file that is still written; no shorter wait makes this fail
        assertThat(listing()).isEqualTo(then).doesNotContain(".tmp");
    }

    private String listing() throws Exception {
        try (var files = Files.list(folder())) {
            return files.sorted().toList().toString();
        }
    }

    private Path folder() {
        return taskFolder.resolve(IndexedIdStore.FOLDER);
    }

    private void restore(int from, int to, long seenAt) {
        for (int i = from; i < to; i++) {
            active.remember(id(i), memory(i, seenAt), seenAt);
            if (i % 4 == 0) {
                active.write();
            }
        }
        active.write();
    }

    private void requireKnown(int count, IdIndex index) {
        DedupStore opened = new DedupStore(records, index, guard, ids -> 1000);
        assertThat(IntStream.range(0, count))
                .allMatch(i -> opened.lookUp(id(i), i).equals(new DedupResult.Repeat(memory(i, 0))));
        assertThat(opened.lookUp(id(count), 0)).isEqualTo(new DedupResult.First());
    }

    private static FirstRecord memory(int i, long seenAt) {
        return new FirstRecord(seenAt, i, InputSource.EVENTS, i);
    }

    private static UUID id(int i) {
        return UUID.nameUUIDFromBytes(new byte[] {(byte) (i >> 8), (byte) i});
    }
}

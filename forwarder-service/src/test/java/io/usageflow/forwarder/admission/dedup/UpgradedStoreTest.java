package io.usageflow.forwarder.admission.dedup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.dedup.DedupResult.FirstRecord;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * The changelog of a partition as version 0.1.0 wrote it, before there were segments: 60 ids in blocks of transactions,
 * the first ten forgotten. The store on its disk holds the same records. Recorded with that version's own store.
 */
class UpgradedStoreTest {
    private static final long START = 1_790_000_000_000L;
    private static final long LATER = START + Duration.ofDays(36).toMillis();
    private static final int FORGOTTEN = 10;
    private static final int IDS = 60;
    private static final long MINUTE = 60_000;

    private final HeapStore records = new HeapStore();

    @AutoClose
    private final TestStores stores = new TestStores(8, 3);

    private final AgeGuard guard = new AgeGuard(Duration.ofDays(35), Duration.ofHours(1));

    @Test
    void shouldKnowEveryIdThatTheVersionBeforeHasRemembered() throws IOException {
        restore();
        DedupStore store = stores.open(records, guard, 1000);

        requireOldIds(store);
        assertThat(stores.files()).isNotEmpty();
        assertThat(store.count()).isEqualTo(IDS - FORGOTTEN);
        assertThat(store.forgottenMark())
                .isEqualTo(START + 9 * MINUTE + Duration.ofHours(1).toMillis());

        IntStream.range(IDS, 2 * IDS).forEach(i -> remember(store, i));
        store.write();
        DedupStore restarted = stores.open(records, guard, 1000);
        requireOldIds(restarted);
        assertThat(IntStream.range(IDS, 2 * IDS))
                .allMatch(i -> restarted.lookUp(id(i), 1000 + i) instanceof DedupResult.Repeat);
    }

    private void restore() throws IOException {
        try (InputStream changelog = UpgradedStoreTest.class.getResourceAsStream("changelog-of-0.1.0.txt")) {
            new String(changelog.readAllBytes(), UTF_8).lines().forEach(line -> {
                String[] parts = line.split(" ");
                records.put(
                        Bytes.wrap(HexFormat.of().parseHex(parts[0])),
                        parts[1].equals("-") ? null : HexFormat.of().parseHex(parts[1]));
            });
        }
    }

    private static void requireOldIds(DedupStore store) {
        for (int i = FORGOTTEN; i < IDS; i++) {
            assertThat(store.lookUp(id(i), 1000 + i)).isEqualTo(new DedupResult.Repeat(memory(i)));
            assertThat(store.lookUp(id(i), 7)).isEqualTo(new DedupResult.Conflict(memory(i)));
        }
        assertThat(store.lookUp(id(0), 1000)).isEqualTo(new DedupResult.First());
    }

    private static void remember(DedupStore store, int i) {
        assertThat(store.lookUp(id(i), 1000 + i)).isEqualTo(new DedupResult.First());
        store.remember(id(i), memory(i), LATER + i * MINUTE);
        if (i % 7 == 0) {
            store.write();
        }
    }

    private static FirstRecord memory(int i) {
        return new FirstRecord(
                LATER + i * MINUTE, 1000 + i, i % 5 == 0 ? InputSource.REPLAYS : InputSource.EVENTS, 500 + i);
    }

    /** Every third is a UUIDv7. */
    private static UUID id(int i) {
        long time = (i < FORGOTTEN ? START : LATER) + i * MINUTE;
        return i % 3 == 0
                ? new UUID(time << 16 | 0x7ABC, 0x8000_0000_0000_0000L | i * 7919L)
                : UUID.nameUUIDFromBytes(("id-" + i).getBytes(UTF_8));
    }
}

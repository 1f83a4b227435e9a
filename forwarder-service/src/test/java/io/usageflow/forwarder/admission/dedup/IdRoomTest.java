package io.usageflow.forwarder.admission.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.admission.HeapStore;
import io.usageflow.forwarder.admission.dedup.DedupResult.FirstRecord;
import io.usageflow.forwarder.admission.dedup.DedupResult.InputSource;
import io.usageflow.forwarder.capacity.IdRoom;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdRoomTest {
    private static final long GIB = 1L << 30;
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long DAY = 24 * HOUR;

    private final AtomicLong free = new AtomicLong();

    @Test
    void shouldAllowWhatTheSettingOrAnEqualShareOfTheVolumeAllows() {
        IdRoom room = new IdRoom(1_000_000, 6, free::get);

        free.set(6 * 52 * 2_000_000L);
        assertThat(room.applyAsLong(0)).isEqualTo(1_000_000);
        free.set(6 * 52 * 300_000L + 500_000 * 41);
        assertThat(room.applyAsLong(500_000)).isEqualTo(800_000);
    }

    @Test
    void shouldNotGrowWithoutFreeSpaceAndNotShrinkEither() {
        IdRoom room = new IdRoom(1_000_000, 1, free::get);

        free.set(0);
        assertThat(room.applyAsLong(500_000)).isEqualTo(500_000);
        assertThat(room.applyAsLong(500_700)).isEqualTo(500_000);
        free.set(GIB);
        assertThat(room.applyAsLong(500_000)).isEqualTo(1_000_000);
    }

    @Test
    void shouldKeepAReserveFree() {
        assertThat(IdRoom.freeBytes(50 * GIB, 80 * GIB)).isEqualTo(42 * GIB);
        assertThat(IdRoom.freeBytes(50 * GIB, 900 * GIB)).isEqualTo(40 * GIB);
        assertThat(IdRoom.freeBytes(9 * GIB, 900 * GIB)).isEqualTo(4 * GIB);
        assertThat(IdRoom.freeBytes(GIB, 900 * GIB)).isZero();
    }

    /** The default of admission.dedup.ids.max holds the promise: 35 days at 1,000 events/s. */
    @Test
    void shouldNeed150GibForThePromise(@TempDir Path folder) {
        Duration window = Duration.ofDays(35);
        assertThat(IdRoom.eventsPerSecond(147 * GIB, window)).isBetween(1000L, 1010L);
        assertThat(6 * IdRoom.on(folder, 520_000_000, 6).applyAsLong(520_000_000L))
                .isLessThanOrEqualTo(6 * 520_000_000L);
        assertThat(6 * 520_000_000L).isGreaterThan(1000 * window.toSeconds());
    }

    @Test
    void shouldForgetEarlyWhereTheVolumeIsFull() {
        AgeGuard guard = new AgeGuard(Duration.ofDays(35), Duration.ofHours(1));
        try (TestStores stores = new TestStores(50, 3)) {
            DedupStore store = stores.open(new HeapStore(), guard, new IdRoom(1_000_000, 1, free::get));
            free.set(GIB);
            remember(store, 0, 500, DAY);
            assertThat(store.forget(2 * DAY, 1000)).isEqualTo(new DedupStore.Forgotten(0, 0));

            free.set(0);
            assertThat(store.forget(2 * DAY, 1000)).isEqualTo(new DedupStore.Forgotten(0, 0));
            remember(store, 500, 600, 2 * DAY);
            assertThat(store.forget(3 * DAY, 1000)).isEqualTo(new DedupStore.Forgotten(0, 100));
            assertThat(store.idsMax()).isEqualTo(500);
            assertThat(store.forgottenMark()).isEqualTo(DAY + HOUR);
        }
    }

    @Test
    void shouldForecastFromTheLastDay() {
        AgeGuard guard = new AgeGuard(Duration.ofDays(35), Duration.ofHours(1));
        try (TestStores stores = new TestStores(500, 3)) {
            DedupStore store = stores.open(new HeapStore(), guard, 10_000);
            remember(store, 0, 100, 10 * DAY);
            assertThat(store.daysUntilEarly(10 * DAY)).isInfinite(); // too little is known
            for (int hour = 1; hour <= 24; hour++) {
                remember(store, 100 * hour, 100 * (hour + 1), 12 * DAY + hour * HOUR);
            }
            // 2,400 a day: 35 days are 84,000. There are 2,500, so 7,500 more fit.
            assertThat(store.daysUntilEarly(13 * DAY)).isBetween(3.0, 3.2);
            assertThat(store.daysUntilEarly(15 * DAY)).isInfinite(); // none came in the last day
        }
    }

    private static void remember(DedupStore store, int from, int to, long seenAt) {
        for (int i = from; i < to; i++) {
            store.remember(new UUID(i, i), new FirstRecord(seenAt, i, InputSource.EVENTS, i), seenAt);
            if (i % 100 == 99) {
                store.write();
            }
        }
    }
}

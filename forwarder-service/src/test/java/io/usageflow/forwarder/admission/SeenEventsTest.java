package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeenEventsTest {
    private static final long DAY = Duration.ofDays(1).toMillis();

    private final HeapStore store = new HeapStore();
    private final AgeGuard guard = new AgeGuard(Duration.ofDays(35), Duration.ofHours(1));
    private final SeenEvents seen = new SeenEvents(store, guard);

    @Test
    void shouldTellFirstRepeatAndConflictApart() {
        UUID id = id(1);
        Sighting.Memory memory = new Sighting.Memory(1000, 7, 42);

        assertThat(seen.sight(id, 7)).isEqualTo(new Sighting.First());
        seen.remember(id, memory);

        assertThat(seen.sight(id, 7)).isEqualTo(new Sighting.Repeat(memory));
        assertThat(seen.sight(id, 8)).isEqualTo(new Sighting.Conflict(memory));
        assertThat(seen.sight(id(2), 7)).isEqualTo(new Sighting.First());
    }

    @Test
    void shouldForgetABoundedNumberAtATime() {
        IntStream.range(0, 25).forEach(i -> seen.remember(id(i), new Sighting.Memory(0, 1, i)));

        assertThat(seen.forget(40 * DAY, 10)).isEqualTo(10);
        assertThat(seen.forget(40 * DAY, 10)).isBetween(8, 10);
        int last = seen.forget(40 * DAY, 10) + seen.forget(40 * DAY, 10);

        assertThat(last).isPositive();
        assertThat(IntStream.range(0, 25)).allMatch(i -> seen.sight(id(i), 1).equals(new Sighting.First()));
    }

    @Test
    void shouldForgetOnlyAfterTheWindow() {
        seen.remember(id(1), new Sighting.Memory(0, 1, 0));
        seen.remember(id(2), new Sighting.Memory(2 * DAY, 1, 0));

        assertThat(seen.forget(35 * DAY, 100)).isZero();
        assertThat(seen.forgottenMark()).isEqualTo(Long.MIN_VALUE);
        assertThat(seen.forget(36 * DAY, 100)).isEqualTo(1);
        assertThat(seen.sight(id(2), 1)).isInstanceOf(Sighting.Repeat.class);
        assertThat(seen.forgottenMark()).isEqualTo(Duration.ofHours(1).toMillis());
    }

    @Test
    void shouldRestWhereNothingCanBeForgotten() {
        seen.remember(id(1), new Sighting.Memory(10 * DAY, 1, 0));
        seen.forget(11 * DAY, 100);

        seen.remember(id(2), new Sighting.Memory(0, 1, 0)); // older than any it walked past
        assertThat(seen.forget(40 * DAY, 100))
                .as("it rests until 45 d and a 64th")
                .isZero();
        assertThat(seen.forget(46 * DAY, 100)).isEqualTo(2);
    }

    @Test
    void shouldKeepTheForgottenMarkOverARestart() {
        seen.remember(id(1), new Sighting.Memory(5 * DAY, 1, 0));
        seen.forget(50 * DAY, 100);

        SeenEvents again = new SeenEvents(store, guard);

        assertThat(again.forgottenMark()).isEqualTo(seen.forgottenMark()).isGreaterThan(5 * DAY);
    }

    @Test
    void shouldNeverForgetTheMarkItself() {
        seen.remember(id(1), new Sighting.Memory(0, 1, 0));
        seen.forget(36 * DAY, 100);
        seen.remember(id(2), new Sighting.Memory(36 * DAY, 1, 0));

        seen.forget(100 * DAY, 100);

        assertThat(new SeenEvents(store, guard).forgottenMark()).isGreaterThan(36 * DAY);
    }

    private static UUID id(int i) {
        return UUID.nameUUIDFromBytes(new byte[] {(byte) i});
    }
}

package io.usageflow.forwarder.publish.id;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.UsageEvent;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdNotesTest {
    @Test
    void shouldKeepMoreThanTheHeapHolds() {
        try (var notes = new IdNotes(10)) {
            for (int i = 0; i < 2_000; i++) {
                notes.put(new UUID(i, i), ByteBuffer.allocate(4).putInt(i).array());
                notes.put(new UUID(i, i), ByteBuffer.allocate(4).putInt(2 * i).array());
            }
            for (int i = 0; i < 2_000; i++) {
                assertThat(notes.get(new UUID(i, i)))
                        .hasValueSatisfying(note ->
                                assertThat(ByteBuffer.wrap(note).getInt()).isEven());
                assertThat(ByteBuffer.wrap(notes.get(new UUID(i, i)).orElseThrow())
                                .getInt())
                        .isEqualTo(2 * i);
            }
            assertThat(notes.get(new UUID(-1, 0))).isEmpty();
        }
    }

    @Test
    void shouldFindUsedIdsOnDiskToo() {
        try (var ids = new UsedIds(new IdNotes(5))) {
            for (int line = 1; line <= 100; line++) {
                assertThat(ids.use(event(line).data("n", 1), line)).isEqualTo(new UsedIds.Use.First());
            }
            for (int line = 1; line <= 100; line++) {
                assertThat(ids.use(event(line).data("n", 1), 200)).isEqualTo(new UsedIds.Use.Again(line));
                assertThat(ids.use(event(line).data("n", 2), 200)).isEqualTo(new UsedIds.Use.Taken(line));
            }
        }
    }

    private static UsageEvent event(int number) {
        return UsageEvent.of("t").id("e" + number).account("a");
    }
}

package io.usageflow.forwarder.publish.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.producer.UsageEvent;
import java.nio.ByteBuffer;
import java.util.List;
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
        try (var check = new LineCheck(new IdNotes(5))) {
            for (int line = 1; line <= 100; line++) {
                assertThat(check.of(line(line, line, 1))).isEqualTo(new LineCheck.Answer.Good());
            }
            for (int line = 1; line <= 100; line++) {
                assertThat(check.of(line(200, line, 1))).isEqualTo(new LineCheck.Answer.Repeated(line));
                assertThat(check.of(line(200, line, 2)))
                        .isInstanceOfSatisfying(LineCheck.Answer.Bad.class, bad -> assertThat(bad.problem())
                                .contains("of line "));
            }
        }
    }

    private static LineSource.ParsedLine.Event line(int number, int id, int amount) {
        UsageEvent event = UsageEvent.of("t").id("e" + id).account("a").data("n", amount);
        return new LineSource.ParsedLine.Event(number, "", event, List.of());
    }
}

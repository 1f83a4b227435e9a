package io.usageflow.forwarder.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.testing.DeadLetterWorld;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class KnownMarksIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @AutoClose
    private static DeadLetterWorld.Servers servers = new DeadLetterWorld.Servers();

    @AutoClose
    private DeadLetterWorld world = servers.world();

    @AutoClose
    private KnownMarks marks = new KnownMarks(world.settings());

    @Test
    void shouldReadEachMarkOnce() throws Exception {
        List<DeadLetter> letters = world.bury(3, DeadLetterReason.REJECTED, 3);
        world.mark(mark(letters.get(0)));
        world.mark(mark(letters.get(1)));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(marks.required(PATIENCE).recordsRead()).isEqualTo(2));
        assertThat(marks.required(PATIENCE).recordsRead()).isEqualTo(2);

        world.mark(mark(letters.get(2)));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(marks.required(PATIENCE).recordsRead()).isEqualTo(3));
        for (DeadLetter letter : letters) {
            assertThat(marks.required(PATIENCE).of(letter)).isPresent();
        }
    }

    @Test
    void shouldSayThatTheyWereNotReadInTimeAndReadThemAllTheSame() throws Exception {
        DeadLetter letter = world.bury(1, DeadLetterReason.REJECTED, 1).get(0);
        world.mark(mark(letter));

        assertThat(marks.upToDate(Duration.ZERO)).isEmpty();
        assertThatThrownBy(() -> marks.required(Duration.ZERO))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("ask again in a while");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(marks.required(PATIENCE).of(letter)).isPresent());
    }

    /** A dead letter that was answered would otherwise look open to who reads while the process stops. */
    @Test
    void shouldKnowNoAnswersAnyLongerOnceItIsClosed() throws Exception {
        DeadLetter letter = world.bury(1, DeadLetterReason.REJECTED, 1).get(0);
        DeadLetterMarks known = marks.required(PATIENCE);
        marks.close();

        assertThatThrownBy(() -> known.of(letter)).isInstanceOf(IllegalStateException.class);
    }

    private static DeadLetterMark mark(DeadLetter letter) {
        return new DeadLetterMark(
                letter.getId(),
                "DISCARDED",
                "ann",
                "test",
                "job-a",
                DeadLetterWorld.FAILED,
                List.of(),
                letter.getLastFailedAt());
    }
}

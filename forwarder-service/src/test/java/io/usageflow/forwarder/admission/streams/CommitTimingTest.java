package io.usageflow.forwarder.admission.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.MockProcessorContext.CapturedPunctuator;
import org.junit.jupiter.api.Test;

class CommitTimingTest {
    private static final Duration TARGET = Duration.ofMillis(100);

    private long nanos = 1_000_000_000_000L;
    private final CommitTiming timing = new CommitTiming(() -> nanos);
    private final MockProcessorContext<byte[], byte[]> task = new MockProcessorContext<>();

    private void handle(int records) {
        for (int i = 0; i < records; i++) {
            timing.recordHandled(task, TARGET);
        }
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private List<Duration> scheduled() {
        return task.scheduledPunctuators().stream()
                .filter(timer -> !timer.cancelled())
                .map(CapturedPunctuator::getInterval)
                .toList();
    }

    private void fire() {
        task.scheduledPunctuators().stream()
                .filter(timer -> !timer.cancelled())
                .toList()
                .forEach(timer -> timer.getPunctuator().punctuate(0));
    }

    @Test
    void shouldLetAFewEventsWaitForTheTarget() {
        handle(1);
        timing.transactionEnds();
        pass(TARGET);
        handle(CommitTiming.MANY - 1);

        assertThat(scheduled()).containsExactly(TARGET);
        pass(TARGET);
        assertThat(task.committed()).isFalse();
        fire();
        assertThat(task.committed()).isTrue();
    }

    @Test
    void shouldNotLetAnEventWaitForOthersAfterAPause() {
        handle(1);
        assertThat(scheduled()).containsExactly(TARGET.dividedBy(4));
        timing.transactionEnds();

        pass(CommitTiming.PAUSE);
        handle(1);
        assertThat(scheduled()).containsExactly(TARGET.dividedBy(4));
    }

    @Test
    void shouldCommitManyAfterHalfOfTheTarget() {
        handle(CommitTiming.MANY);
        assertThat(task.committed()).as("too early").isFalse();

        pass(TARGET.dividedBy(2));
        handle(1);
        assertThat(task.committed()).isTrue();
    }

    @Test
    void shouldScheduleNothingForATransactionThatHasEnded() {
        handle(1);
        timing.transactionEnds();

        assertThat(scheduled()).isEmpty();
        fire();
        assertThat(task.committed()).isFalse();
    }

    @Test
    void shouldHaveOneTimerForAllTasksOfTheThread() {
        MockProcessorContext<byte[], byte[]> other = new MockProcessorContext<>();
        handle(1);
        timing.recordHandled(other, TARGET);

        assertThat(other.scheduledPunctuators()).isEmpty();
        assertThat(scheduled()).hasSize(1);
    }
}

package io.usageflow.forwarder.admission.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PollTimingTest {
    private static final Duration IDLE = Duration.ofMillis(200);

    private long nanos = 1_000_000_000_000L;
    private final PollTiming timing = new PollTiming(() -> nanos, paused -> nanos += paused);

    private void pass(long ms) {
        nanos += Duration.ofMillis(ms).toNanos();
    }

    @Test
    void shouldPollAsLongAsStreamsWantsWhileNothingIsDue() {
        assertThat(timing.beforePoll(IDLE)).isEqualTo(IDLE);
        assertThat(timing.beforePoll(Duration.ZERO)).isEqualTo(Duration.ZERO);
    }

    @Test
    void shouldReturnForTheEarliestDeadline() {
        timing.returnWithin(Duration.ofMillis(100));
        timing.returnWithin(Duration.ofMillis(30));
        timing.returnWithin(Duration.ofMillis(50));
        pass(10);

        assertThat(timing.beforePoll(IDLE)).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void shouldPollBrieflyUntilTheTimerHasSurelyFired() {
        timing.returnWithin(Duration.ofMillis(30));
        pass(30);
        assertThat(timing.beforePoll(IDLE)).as("the wall clock may be behind").isEqualTo(Duration.ofMillis(1));
        pass(11);
        assertThat(timing.beforePoll(IDLE)).isEqualTo(IDLE);

        timing.returnWithin(Duration.ofMillis(40));
        assertThat(timing.beforePoll(IDLE)).isEqualTo(Duration.ofMillis(40));
    }

    @Test
    void shouldPauseOnceAndNotPastTheDeadline() {
        timing.returnWithin(Duration.ofMillis(100));
        timing.pauseFor(Duration.ofMillis(25));
        long begun = nanos;
        assertThat(timing.beforePoll(IDLE)).isEqualTo(Duration.ofMillis(75));
        assertThat(nanos - begun).isEqualTo(Duration.ofMillis(25).toNanos());
        assertThat(timing.beforePoll(IDLE)).isEqualTo(Duration.ofMillis(75));

        timing.pauseFor(Duration.ofMillis(500));
        assertThat(timing.beforePoll(IDLE)).isEqualTo(Duration.ofMillis(1));
        assertThat(nanos - begun).isEqualTo(Duration.ofMillis(100).toNanos());
    }

    @Test
    void shouldNotPauseWhileRecordsAreWaiting() {
        timing.returnWithin(Duration.ofMillis(100));
        timing.polled(PollTiming.BACKLOG);
        timing.pauseFor(Duration.ofMillis(25));
        long begun = nanos;

        assertThat(timing.beforePoll(IDLE)).isEqualTo(Duration.ofMillis(100));
        assertThat(nanos).isEqualTo(begun);
    }
}

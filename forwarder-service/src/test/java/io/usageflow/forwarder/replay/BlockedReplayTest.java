package io.usageflow.forwarder.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.DeadLetterMark;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockedReplayTest {
    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

    @Test
    void shouldNotFenceAnOperatorsJobThatHasJustMarked() {
        assertThat(BlockedReplay.isOfARunningJob(mark("ada", 299), NOW)).isTrue();
        assertThat(BlockedReplay.isOfARunningJob(mark("ada", 301), NOW)).isFalse();
    }

    @Test
    void shouldNotWaitForAMarkOfAWrongClock() {
        assertThat(BlockedReplay.isOfARunningJob(mark("ada", -100_000), NOW)).isFalse();
    }

    @Test
    void shouldNotWaitForAnotherInstanceOfTheForwarder() {
        assertThat(BlockedReplay.isOfARunningJob(mark("usageflow", 1), NOW)).isFalse();
    }

    private static DeadLetterMark mark(String who, long secondsAgo) {
        return new DeadLetterMark("id", "REPLAYED", who, "", "job", NOW.minusSeconds(secondsAgo), List.of(), null);
    }
}

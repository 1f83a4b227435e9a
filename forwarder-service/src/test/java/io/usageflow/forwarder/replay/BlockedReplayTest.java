package io.usageflow.forwarder.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.replay.BlockedReplay.BlockedAccounts;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.SourceCoordinates;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BlockedReplayTest {
    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);

    private final BlockedAccounts blocked = new BlockedAccounts();

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

    private void failed(String account, Duration ago) {
        DeadLetter letter = DeadLetter.newBuilder()
                .setId("id")
                .setAccountId(account)
                .setStage("delivery")
                .setReason("CUSTOMER_BLOCKED")
                .setDetail("")
                .setFirstFailedAt(NOW.minus(ago))
                .setLastFailedAt(NOW.minus(ago))
                .setSource(new SourceCoordinates("usage.events", 0, 0L, NOW, null))
                .setOriginalHeaders(List.of())
                .setAttributes(Map.of())
                .setVersion("test")
                .build();
        blocked.add(new StoredDeadLetter(letter, 0, 0, Optional.empty()));
    }

    @Test
    void shouldTryTheLongestWaitingFirst() {
        failed("young", Duration.ofMinutes(61));
        failed("old", Duration.ofHours(5));
        failed("exact", HOUR);

        assertThat(blocked.due(HOUR, NOW)).containsExactly("old", "young", "exact");
    }

    @Test
    void shouldLeaveAnAccountInPeaceFromItsNewestFailureOn() {
        failed("tried", Duration.ofHours(5));
        failed("tried", Duration.ofMinutes(59));
        failed("tried", Duration.ofHours(7));

        assertThat(blocked.due(HOUR, NOW)).isEmpty();
        assertThat(blocked.due(HOUR, NOW.plusSeconds(60))).containsExactly("tried");
    }
}

package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.deadletter.DeadLetterFilter.Subject;
import io.usageflow.forwarder.deadletter.DeadLetterFilter.Times;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.SourceCoordinates;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterFilterTest {
    private static final Instant FAILED = Instant.parse("2026-11-23T10:00:00Z");

    private final StoredDeadLetter letter = stored(DeadLetterReason.REJECTED, "acct_1");

    @Test
    void shouldMeanAllThatIsOpenUntilItIsNarrowed() {
        assertThat(DeadLetterFilter.open().matches(letter)).isTrue();
        assertThat(DeadLetterFilter.open().admits(letter.state())).isTrue();
        assertThat(DeadLetterFilter.open().admits(DeadLetterState.REPLAYED)).isFalse();
        assertThat(DeadLetterFilter.any().admits(DeadLetterState.DISCARDED)).isTrue();
        assertThatThrownBy(() -> DeadLetterFilter.open().states(Set.of())).hasMessageContaining("at least one");
    }

    @Test
    void shouldNarrowByEachPart() {
        DeadLetterFilter any = DeadLetterFilter.any();

        assertThat(any.reasons(List.of(DeadLetterReason.REJECTED)).matches(letter))
                .isTrue();
        assertThat(any.reasons(List.of(DeadLetterReason.TOO_OLD)).matches(letter))
                .isFalse();
        assertThat(any.stage(Optional.of(DeadLetterStage.DELIVERY)).matches(letter))
                .isTrue();
        assertThat(any.stage(Optional.of(DeadLetterStage.ADMISSION)).matches(letter))
                .isFalse();
        assertThat(any.subject(subject("acct_1", null)).matches(letter)).isTrue();
        assertThat(any.subject(subject("acct_2", null)).matches(letter)).isFalse();
        assertThat(any.subject(subject(null, "chat")).matches(letter)).isTrue();
        assertThat(any.subject(subject(null, "image")).matches(letter)).isFalse();
        assertThat(any.ids(List.of("other", letter.letter().getId())).matches(letter))
                .isTrue();
        assertThat(any.ids(List.of("evt_1")).matches(letter)).isTrue();
        assertThat(any.ids(List.of("evt_2")).matches(letter)).isFalse();
    }

    @Test
    void shouldTakeTheBeginningAndLeaveTheEnd() {
        assertThat(times(FAILED, null).matches(letter)).isTrue();
        assertThat(times(FAILED.plusMillis(1), null).matches(letter)).isFalse();
        assertThat(times(null, FAILED).matches(letter)).isFalse();
        assertThat(times(null, FAILED.plusMillis(1)).matches(letter)).isTrue();
    }

    @Test
    void shouldTakeTheKeyForTheAccountOfWhatNobodyCouldRead() {
        StoredDeadLetter unreadable = new StoredDeadLetter(
                draft(DeadLetterReason.UNDECODABLE, "acct_1").toDeadLetter(), 0, 0, Optional.empty());

        assertThat(DeadLetterFilter.any().subject(subject("acct_1", null)).matches(unreadable))
                .isTrue();
        assertThat(DeadLetterFilter.any().subject(subject("acct_2", null)).matches(unreadable))
                .isFalse();
    }

    @Test
    void shouldReadOnePartitionOnlyWhereNothingCanStandElsewhere() {
        DeadLetterFilter account = DeadLetterFilter.any().subject(subject("acct_1", null));

        assertThat(account.reasons(List.of(DeadLetterReason.REJECTED)).partitionedBy())
                .contains("acct_1");
        assertThat(account.partitionedBy()).isEmpty();
        for (DeadLetterReason anywhere : List.of(
                DeadLetterReason.UNDECODABLE, DeadLetterReason.UNKNOWN_SCHEMA, DeadLetterReason.UNDELIVERABLE)) {
            assertThat(account.reasons(List.of(DeadLetterReason.REJECTED, anywhere))
                            .partitionedBy())
                    .isEmpty();
        }
        assertThat(DeadLetterFilter.any()
                        .reasons(List.of(DeadLetterReason.REJECTED))
                        .partitionedBy())
                .isEmpty();
    }

    @Test
    void shouldLeaveRoomForClocksThatDiffer() {
        assertThat(times(FAILED, null).writtenSince()).contains(FAILED.minus(Duration.ofHours(1)));
        assertThat(DeadLetterFilter.any().writtenSince()).isEmpty();
    }

    @Test
    void shouldTakeAnAnswerOfANewerVersionForAnAnswer() {
        assertThat(DeadLetterState.of(Optional.of(mark("DISCARDED")))).isEqualTo(DeadLetterState.DISCARDED);
        assertThat(DeadLetterState.of(Optional.of(mark("REPLAYED")))).isEqualTo(DeadLetterState.REPLAYED);
        assertThat(DeadLetterState.of(Optional.of(mark("POSTPONED")))).isEqualTo(DeadLetterState.REPLAYED);
        assertThat(DeadLetterState.of(Optional.empty())).isEqualTo(DeadLetterState.OPEN);
    }

    @Test
    void shouldSayWhatIsMeant() {
        assertThat(DeadLetterFilter.open()
                        .reasons(List.of(DeadLetterReason.TOO_OLD))
                        .subject(subject("acct_1", "chat"))
                        .times(new Times(Optional.of(FAILED), Optional.empty())))
                .hasToString(
                        "open, reason TOO_OLD, account acct_1, event type chat, failed since 2026-11-23T10:00:00Z");
        assertThat(DeadLetterFilter.any().ids(List.of("x"))).hasToString("any state, id x");
    }

    private static DeadLetterFilter times(Instant since, Instant until) {
        return DeadLetterFilter.any().times(new Times(Optional.ofNullable(since), Optional.ofNullable(until)));
    }

    private static Subject subject(String account, String type) {
        return new Subject(Optional.ofNullable(account), Optional.ofNullable(type));
    }

    private static DeadLetterMark mark(String state) {
        return new DeadLetterMark("id", state, "ann", "", "job", FAILED, List.of(), null);
    }

    private static DeadLetterDraft draft(DeadLetterReason reason, String key) {
        var source = new SourceCoordinates("usage.events", 1, 7L, FAILED, null);
        return DeadLetterDraft.of(
                new SourceRecord(source, key.getBytes(UTF_8), new byte[] {1}, new RecordHeaders()),
                DeadLetterStage.DELIVERY,
                reason,
                "because",
                FAILED);
    }

    private static StoredDeadLetter stored(DeadLetterReason reason, String account) {
        return new StoredDeadLetter(
                draft(reason, account).about("evt_1", account, "chat").toDeadLetter(), 0, 0, Optional.empty());
    }
}

package io.usageflow.forwarder.admission.dedup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.id.Uuids;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgeGuardTest {
    private static final Instant APPENDED = Instant.parse("2026-11-20T12:00:00Z");
    private static final UUID TIMELESS = UUID.fromString("123e4567-e89b-42d3-a456-426614174000");

    private final AgeGuard guard = new AgeGuard(Duration.ofDays(35), Duration.ofHours(1));

    @ParameterizedTest
    @CsvSource({
        "PT0S, ",
        "PT1H, ",
        "PT1H0.001S, IN_FUTURE",
        "P1D, IN_FUTURE",
        "P-34D, ",
        "-PT839H, ", // the window less the skew
        "-PT839H0.001S, TOO_OLD",
        "P-365D, TOO_OLD",
    })
    void shouldJudgeTheEventsTime(Duration sinceAppend, DeadLetterReason expected) {
        assertThat(reason(APPENDED.plus(sinceAppend), TIMELESS, Long.MIN_VALUE))
                .isEqualTo(Optional.ofNullable(expected));
    }

    @ParameterizedTest
    @CsvSource({"PT1H, ", "PT2H, IN_FUTURE", "-PT839H, ", "-PT840H, TOO_OLD"})
    void shouldJudgeTheTimeInsideTheIdAlike(Duration sinceAppend, DeadLetterReason expected) {
        UUID id = Uuids.v7(APPENDED.plus(sinceAppend));

        assertThat(reason(APPENDED, id, Long.MIN_VALUE)).isEqualTo(Optional.ofNullable(expected));
    }

    @Test
    void shouldRefuseWhatTheForgottenMarkCovers() {
        long mark = APPENDED.minusSeconds(10).toEpochMilli();

        assertThat(reason(APPENDED.minusSeconds(10), TIMELESS, mark)).contains(DeadLetterReason.TOO_OLD);
        assertThat(reason(APPENDED.minusSeconds(10).plusMillis(1), TIMELESS, mark))
                .isEmpty();
        assertThat(reason(APPENDED, Uuids.v7(APPENDED.minusSeconds(10)), mark)).contains(DeadLetterReason.TOO_OLD);
    }

    @Test
    void shouldForgetNothingWhereTheTimeIsNotKnownYet() {
        // A task that has just started has met no append time; once that made it forget all, by an overflow.
        assertThat(guard.mayForget(APPENDED.toEpochMilli(), Long.MIN_VALUE)).isFalse();
        assertThat(guard.mayForget(APPENDED.toEpochMilli(), 0)).isFalse();
        assertThat(guard.mayForget(0, Duration.ofDays(36).toMillis())).isTrue();
    }

    @Test
    void shouldRefuseAWindowThatTheSkewEatsUp() {
        assertThatThrownBy(() -> new AgeGuard(Duration.ofHours(2), Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private Optional<DeadLetterReason> reason(Instant occurredAt, UUID id, long mark) {
        return guard.check(occurredAt, id, APPENDED.toEpochMilli(), mark).map(AgeGuard.Refusal::reason);
    }
}

package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.OriginalHeader;
import io.usageflow.schema.SourceCoordinates;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class DeadLetterDraftTest {
    private static final Instant FIRST = Instant.parse("2026-11-01T10:00:00Z");
    private static final Instant LAST = Instant.parse("2026-11-01T10:15:00Z");
    private static final SourceCoordinates SOURCE = new SourceCoordinates("usage.events", 3, 42L, FIRST);

    @Test
    void shouldKeepTheOriginalRecordUntouched() {
        Headers headers = new RecordHeaders()
                .add("traceparent", "00-aa-bb-01".getBytes(UTF_8))
                .add("empty", null)
                .add("traceparent", "second".getBytes(UTF_8));
        Origin origin = new Origin(SOURCE, new byte[] {1, 2}, new byte[] {9, 8, 7}, headers);

        DeadLetter letter = draft(origin).toDeadLetter();

        assertThat(letter.getOriginalKey()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2}));
        assertThat(letter.getOriginalValue()).isEqualTo(ByteBuffer.wrap(new byte[] {9, 8, 7}));
        assertThat(letter.getOriginalHeaders())
                .containsExactly(
                        new OriginalHeader("traceparent", ByteBuffer.wrap("00-aa-bb-01".getBytes(UTF_8))),
                        new OriginalHeader("empty", null),
                        new OriginalHeader("traceparent", ByteBuffer.wrap("second".getBytes(UTF_8))));
        assertThat(letter.getSource()).isEqualTo(SOURCE);
    }

    @Test
    void shouldTellAbsentFromEmpty() {
        DeadLetter letter =
                draft(new Origin(SOURCE, null, null, new RecordHeaders())).toDeadLetter();

        assertThat(letter.getOriginalKey()).isNull();
        assertThat(letter.getOriginalValue()).isNull();
        assertThat(letter.getEventId()).isNull();
        assertThat(letter.getReplayOf()).isNull();
    }

    @Test
    void shouldHaveTheSameIdWheneverTheSameRecordFails() {
        Origin origin = new Origin(SOURCE, null, new byte[] {1}, new RecordHeaders());
        Origin next = new Origin(
                new SourceCoordinates("usage.events", 3, 43L, FIRST), null, new byte[] {1}, new RecordHeaders());

        assertThat(draft(origin).toDeadLetter().getId())
                .isEqualTo(draft(origin)
                        .attempts(7)
                        .failing(FIRST, LAST.plusSeconds(9))
                        .toDeadLetter()
                        .getId())
                .isNotEqualTo(draft(next).toDeadLetter().getId());
    }

    @Test
    void shouldNameTheDeadLetterItIsAReplayOf() {
        Headers headers = new RecordHeaders().add("usageflow-replay-of", "dl-1".getBytes(UTF_8));

        DeadLetter letter = draft(new Origin(SOURCE, null, null, headers)).toDeadLetter();

        assertThat(letter.getReplayOf()).isEqualTo("dl-1");
    }

    @Test
    void shouldCarryTheFactsOfARefusedRequest() {
        DeadLetter letter = DeadLetterDraft.of(
                        new Origin(SOURCE, null, new byte[0], new RecordHeaders()),
                        DeadLetterStage.DELIVERY,
                        DeadLetterReason.REJECTED,
                        "Credyt refused it",
                        LAST)
                .about("e-1", "acct_42", "message_completed")
                .failing(FIRST, LAST)
                .attempts(3)
                .answered(422, "{\"error\":\"no\",\"key\":\"sk_live_1\"}", new ResponseExcerpt(List.of("sk_live_1")))
                .attribute("batch_size", "50")
                .toDeadLetter();

        assertThat(letter.getStage()).isEqualTo("delivery");
        assertThat(letter.getReason()).isEqualTo("REJECTED");
        assertThat(letter.getEventId()).isEqualTo("e-1");
        assertThat(letter.getAccountId()).isEqualTo("acct_42");
        assertThat(letter.getEventType()).isEqualTo("message_completed");
        assertThat(letter.getHttpStatus()).isEqualTo(422);
        assertThat(letter.getResponseExcerpt()).isEqualTo("{\"error\":\"no\",\"key\":\"***\"}");
        assertThat(letter.getAttempts()).isEqualTo(3);
        assertThat(letter.getFirstFailedAt()).isEqualTo(FIRST);
        assertThat(letter.getLastFailedAt()).isEqualTo(LAST);
        assertThat(letter.getAttributes()).isEqualTo(Map.of("batch_size", "50"));
        assertThat(letter.getVersion()).isNotBlank();
    }

    private static DeadLetterDraft draft(Origin origin) {
        return DeadLetterDraft.of(origin, DeadLetterStage.ADMISSION, DeadLetterReason.UNDECODABLE, "not Avro", LAST);
    }
}

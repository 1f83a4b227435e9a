package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.OriginalHeader;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.serde.AvroSerdes.UnregisteredAvro;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterDraftTest {
    private static final Instant FIRST = Instant.parse("2026-11-01T10:00:00Z");
    private static final Instant LAST = Instant.parse("2026-11-01T10:15:00Z");
    private static final RecordBounds BOUNDS = RecordBounds.of(262_144);
    private static final SourceCoordinates SOURCE = new SourceCoordinates("usage.events", 3, 42L, FIRST, null);

    @Test
    void shouldKeepTheOriginalRecordUntouched() {
        Headers headers = new RecordHeaders()
                .add("traceparent", "00-aa-bb-01".getBytes(UTF_8))
                .add("empty", null)
                .add("traceparent", "second".getBytes(UTF_8));
        SourceRecord origin = new SourceRecord(SOURCE, new byte[] {1, 2}, new byte[] {9, 8, 7}, headers);

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
                draft(new SourceRecord(SOURCE, null, null, new RecordHeaders())).toDeadLetter();

        assertThat(letter.getOriginalKey()).isNull();
        assertThat(letter.getOriginalValue()).isNull();
        assertThat(letter.getEventId()).isNull();
        assertThat(letter.getReplayOf()).isNull();
    }

    @Test
    void shouldHaveTheSameIdWheneverTheSameRecordFails() {
        SourceRecord origin = new SourceRecord(SOURCE, null, new byte[] {1}, new RecordHeaders());
        SourceRecord next = new SourceRecord(
                new SourceCoordinates("usage.events", 3, 43L, FIRST, null), null, new byte[] {1}, new RecordHeaders());

        assertThat(draft(origin).toDeadLetter().getId())
                .isEqualTo(draft(origin)
                        .attempts(7)
                        .failing(FIRST, LAST.plusSeconds(9))
                        .toDeadLetter()
                        .getId())
                .isNotEqualTo(draft(next).toDeadLetter().getId());
    }

    @Test
    void shouldHaveAnotherIdWhereTheSamePlaceIsOfATopicThatWasMadeAgain() {
        String before = id("3vQ8mXWcTbqN0x-_aZ0b1A");
        String again = id("kHsFb1cWTbqN0x-_aZ0b1A");

        assertThat(again).isNotEqualTo(before);
        assertThat(id("3vQ8mXWcTbqN0x-_aZ0b1A")).as("stable").isEqualTo(before);
        assertThat(id(null))
                .as("what it always was, where the topic's id is unknown")
                .isEqualTo("028dc79c-598d-57e0-9baf-f3887fe7fe19")
                .isNotIn(before, again);
    }

    private static String id(@Nullable String topicId) {
        var source = new SourceCoordinates("usage.events", 3, 42L, FIRST, topicId);
        return DeadLetterDraft.idOf(source);
    }

    @Test
    void shouldNameTheDeadLetterItIsAReplayOf() {
        Headers headers = new RecordHeaders().add("usageflow-replay-of", "dl-1".getBytes(UTF_8));

        var replayed = new SourceCoordinates("usage.replays", 3, 42L, FIRST, null);
        assertThat(draft(new SourceRecord(replayed, null, null, headers))
                        .toDeadLetter()
                        .getReplayOf())
                .isEqualTo("dl-1");
        assertThat(draft(new SourceRecord(SOURCE, null, null, headers))
                        .toDeadLetter()
                        .getReplayOf())
                .as("any writer of the events' topic could claim it")
                .isNull();
    }

    @Test
    void shouldCarryTheFactsOfARefusedRequest() {
        DeadLetter letter = DeadLetterDraft.of(
                        new SourceRecord(SOURCE, null, new byte[0], new RecordHeaders()),
                        DeadLetterStage.DELIVERY,
                        DeadLetterReason.REJECTED,
                        "Credyt refused it",
                        LAST)
                .about("e-1", "acct_42", "message_completed")
                .failing(FIRST, LAST)
                .attempts(3)
                .answered(
                        422,
                        "{\"error\":\"no\",\"key\":\"sk_live_1\"}",
                        new ResponseExcerpt(() -> List.of("sk_live_1")))
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

    @Test
    void shouldKeepTheBeginningOfALargeRecordAndSayWhatItWas() {
        byte[] value = new byte[17_300_000];
        value[0] = 9;
        Headers headers = new RecordHeaders();
        for (int i = 0; i < 10_000; i++) {
            headers.add("header-" + i, new byte[100]);
        }

        DeadLetter letter = draft(new SourceRecord(SOURCE, new byte[9_000_000], value, headers))
                .about("i".repeat(2_000_000), "a".repeat(2_000_000), "t".repeat(2_000_000))
                .attribute("fact", "f".repeat(2_000_000))
                .within(BOUNDS)
                .toDeadLetter();

        assertThat(letter.getOriginalValue()).isEqualTo(ByteBuffer.wrap(value, 0, 65_536));
        assertThat(letter.getOriginalKey().remaining()).isEqualTo(65_536);
        assertThat(letter.getOriginalReference().getValueBytes()).isEqualTo(17_300_000);
        assertThat(letter.getOriginalReference().getValueSha256()).matches("[0-9a-f]{64}");
        assertThat(letter.getOriginalReference().getKeyBytes()).isEqualTo(9_000_000);
        assertThat(letter.getOriginalReference().getHeaders()).isEqualTo(10_000);
        assertThat(letter.getId()).isEqualTo(DeadLetterDraft.idOf(SOURCE));
        assertThat(size(letter)).isLessThan(400_000);
    }

    @Test
    void shouldFitTheTopicWhereTheRecordIsJustKeptWhole() {
        Headers headers = new RecordHeaders().add("h", new byte[RecordBounds.HEADERS_BYTES_MAX - 9]);
        byte[] key = new byte[RecordBounds.KEY_BYTES_MAX];
        String text = "\u20ac".repeat(100_000);

        DeadLetter letter = DeadLetterDraft.of(
                        new SourceRecord(SOURCE, key, new byte[BOUNDS.valueBytesMax()], headers),
                        DeadLetterStage.DELIVERY,
                        DeadLetterReason.REJECTED,
                        text,
                        LAST)
                .about(text, text, text)
                .answered(422, text, new ResponseExcerpt(List::of))
                .attribute("credyt_event_id", text)
                .attribute("customer", text)
                .within(BOUNDS)
                .toDeadLetter();

        assertThat(letter.getOriginalReference()).isNull();
        // The record has the key again, and an envelope.
        assertThat(size(letter) + key.length + 1_000).isLessThan(BOUNDS.writtenBytesMax());
    }

    private static int size(DeadLetter letter) {
        return UnregisteredAvro.<DeadLetter>serializer().serialize("usage.dead-letters", letter).length;
    }

    private static DeadLetterDraft draft(SourceRecord origin) {
        return DeadLetterDraft.of(origin, DeadLetterStage.ADMISSION, DeadLetterReason.UNDECODABLE, "not Avro", LAST);
    }
}

package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Which dead letter an answer is to, where two have one id. The names that can be taken for identities, and what tells them
 * apart:
 *
 * <table>
 * <caption>Siblings</caption>
 * <tr><td>dead letter's id</td><td>made of topic, its id at Kafka, partition and offset</td></tr>
 * <tr><td>mark</td><td>by the id, and for ids of earlier versions by the time of the failure that was answered</td></tr>
 * <tr><td>usage.dead-letters made again</td><td>ids come from the source record, so new letters have new ids</td></tr>
 * <tr><td>replay lineage (headers, replay_of)</td><td>holds the dead letter's id</td></tr>
 * <tr><td>parked event</td><td>keeps its source's topic id</td></tr>
 * <tr><td>repair's mark (reconcile-...)</td><td>made of the deliverable topic's id too, which the receipt has</td></tr>
 * <tr><td>reconcile's look-up of what was sent</td><td>by the receipt's topic id, and by Credyt's id of the event</td></tr>
 * <tr><td>trace</td><td>coordinates of an earlier topic are shown as such and match no record of the new one</td></tr>
 * <tr><td>ID_CONFLICT's first_offset</td><td>the detail says where it is of the topic before it was made again</td></tr>
 * <tr><td>canary of a replay</td><td>coordinates of records that the job has just written, watched for minutes: as they are</td></tr>
 * <tr><td>rerouted-from header</td><td>for people, and for trace within one reading: as it is</td></tr>
 * </table>
 */
class DeadLetterMarksTest {
    private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");

    private final String scope = UUID.randomUUID().toString();
    private final Map<String, String> registry = Map.of("schema.registry.url", "mock://" + scope);

    private static DeadLetter failed(Instant at) {
        return failed(at, 0);
    }

    private static DeadLetter failed(Instant at, long offset) {
        var source = new SourceCoordinates("usage.events", 0, offset, Instant.EPOCH, null);
        return DeadLetterDraft.of(
                        new SourceRecord(source, null, new byte[] {1}, new RecordHeaders()),
                        DeadLetterStage.ADMISSION,
                        DeadLetterReason.UNDECODABLE,
                        "not Avro",
                        at)
                .toDeadLetter();
    }

    private static DeadLetterMark discarded(Instant markedAt, @Nullable Instant failedAt) {
        return new DeadLetterMark(
                failed(NOON).getId(), "DISCARDED", "ann", "test traffic", "job", markedAt, List.of(), failedAt);
    }

    @Test
    void shouldAnswerWhatHadFailedAndNotWhatFailedLaterUnderTheSameId() {
        DeadLetterMark mark = discarded(NOON.plusSeconds(60), NOON);

        assertThat(DeadLetterMarks.answers(mark, failed(NOON))).isTrue();
        assertThat(DeadLetterMarks.answers(mark, failed(NOON.plusMillis(1))))
                .as("of a topic that was made again")
                .isFalse();
        assertThat(DeadLetterMarks.answers(mark, failed(NOON.minusSeconds(60))))
                .as("an earlier one under the id was answered by the same job, or before")
                .isTrue();
    }

    /**
     * Records among the marks: rubbish, no key and no value answer nothing; a mark whose schema the registry has lost may be an
     * answer, so its dead letter, and no other, is left alone by list, show, replay and discard, which all name it.
     */
    @Test
    void shouldLeaveAloneADeadLetterWhoseAnswerCannotBeRead() {
        DeadLetter answered = failed(NOON, 0);
        DeadLetter lost = failed(NOON, 1);
        DeadLetter open = failed(NOON, 2);
        DeadLetterMark mark = new DeadLetterMark(
                answered.getId(), "DISCARDED", "ann", "test", "job", NOON.plusSeconds(1), List.of(), NOON);
        try (var marks =
                new DeadLetterMarks("marks", AvroSerdes.ownValueDeserializer(registry, DeadLetterMark.class))) {
            byte[] good = AvroSerdes.<DeadLetterMark>valueSerializer(registry).serialize("marks", mark);
            marks.take(record(null, good));
            marks.take(record(answered.getId(), good));
            marks.take(record(answered.getId(), "rubbish".getBytes(UTF_8)));
            marks.take(record(answered.getId(), new byte[0]));
            marks.take(record(lost.getId(), new byte[] {0, 0, 0, 0x12, 0x67, 1, 2, 3}));
            marks.take(record(open.getId(), Arrays.copyOf(good, good.length - 1)));
            marks.take(record("x".repeat(1_000), null));

            var visited = new HashMap<String, DeadLetterState>();
            var letters = new OwnTopicDecoder<>(registry, DeadLetter.class);
            var reading = new DeadLetterScan.Reading(
                    DeadLetterFilter.any(),
                    marks,
                    stored -> {
                        visited.put(stored.letter().getId(), stored.state());
                        return true;
                    },
                    letters);
            for (DeadLetter letter : List.of(answered, lost, open)) {
                reading.visit(record(
                        "k", AvroSerdes.<DeadLetter>valueSerializer(registry).serialize("letters", letter)));
            }
            reading.visit(record("k", "rubbish".getBytes(UTF_8)));
            reading.visit(record("k", null));
            reading.visit(record("k", new byte[] {0, 0, 0, 0x12, 0x67, 1, 2, 3}));

            assertThat(marks.recordsRead()).isEqualTo(7);
            assertThat(visited)
                    .isEqualTo(Map.of(answered.getId(), DeadLetterState.DISCARDED, open.getId(), DeadLetterState.OPEN));
            DeadLetterScan.Summary summary = reading.summary(0);
            assertThat(summary.unreadable()).isEqualTo(4);
            assertThat(summary.unreadableNamed().get(0))
                    .contains("dead letter " + lost.getId() + " was answered", "restore the registry's schemas");
        } finally {
            InMemorySchemaRegistry.dropScope(scope);
        }
    }

    private static ConsumerRecord<byte[], byte[]> record(@Nullable String key, byte @Nullable [] value) {
        return new ConsumerRecord<>("topic", 0, 0L, key == null ? null : key.getBytes(UTF_8), value);
    }

    @Test
    void shouldTakeAMarkOfAnEarlierVersionForAnAnswerToWhatFailedBeforeItByWhateverClock() {
        DeadLetterMark mark = discarded(NOON, null);

        assertThat(DeadLetterMarks.answers(mark, failed(NOON.minusSeconds(60)))).isTrue();
        assertThat(DeadLetterMarks.answers(mark, failed(NOON.plus(Duration.ofMinutes(59)))))
                .as("the forwarder's clock may be ahead of the operator's")
                .isTrue();
        assertThat(DeadLetterMarks.answers(mark, failed(NOON.plus(Duration.ofMinutes(61)))))
                .as("it failed after it was answered")
                .isFalse();
    }
}

package io.usageflow.forwarder.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.SourceCoordinates;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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

    private static DeadLetter failed(Instant at) {
        var source = new SourceCoordinates("usage.events", 0, 0L, Instant.EPOCH, null);
        return DeadLetterDraft.of(
                        new Origin(source, null, new byte[] {1}, new RecordHeaders()),
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

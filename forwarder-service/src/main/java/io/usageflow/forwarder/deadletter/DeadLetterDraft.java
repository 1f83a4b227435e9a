package io.usageflow.forwarder.deadletter;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.observe.Version;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.id.Uuids;
import java.time.Instant;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter being written, by either stage. Begins with what every dead letter must say; each method adds a fact to
 * this draft. Not thread-safe.
 *
 * <p>The id depends on the source record alone, so a transaction that is repeated after a crash writes the same dead
 * letter again and not a second one.
 */
public final class DeadLetterDraft {
    /** Of a name or a fact; the rules on events allow less, but not every dead letter's event keeps them. */
    private static final int TEXT_CHARS_MAX = 1024;

    /** Of the explanation, which names every broken rule. */
    private static final int DETAIL_CHARS_MAX = 8192;

    private static final UUID NAMESPACE = UUID.fromString("5f2f4d0e-0b4c-5b0b-9f6d-2f1c8a7e6d35");

    private final SourceRecord origin;
    private final DeadLetterReason reason;
    private final DeadLetter.Builder letter;

    private DeadLetterDraft(SourceRecord origin, DeadLetterReason reason, DeadLetter.Builder letter) {
        this.origin = origin;
        this.reason = reason;
        this.letter = letter;
    }

    /**
     * Begins a dead letter.
     *
     * @param detail for people: names the field or key, and the remedy
     * @param failedAt when it failed, first and last; {@link #failing} tells them apart
     */
    public static DeadLetterDraft of(
            SourceRecord origin, DeadLetterStage stage, DeadLetterReason reason, String detail, Instant failedAt) {
        return new DeadLetterDraft(
                origin,
                reason,
                DeadLetter.newBuilder()
                        .setStage(stage.word())
                        .setReason(reason.name())
                        .setDetail(cut(detail, DETAIL_CHARS_MAX))
                        .setAttempts(0)
                        .setFirstFailedAt(failedAt)
                        .setLastFailedAt(failedAt)
                        .setAttributes(new TreeMap<>())
                        .setVersion(Version.current()));
    }

    /**
     * Returns the stable id of a source record's dead letter: the same record always gives the same id. A record is
     * named by its place in a log, and a log by Kafka's id of the topic, because a topic that was made again has other
     * records at the same offsets. Earlier versions did not write the topic's id; their ids stay as they are.
     */
    public static String idOf(SourceCoordinates source) {
        String topic = source.getTopic();
        String partition = Integer.toString(source.getPartition());
        String offset = Long.toString(source.getOffset());
        return (source.getTopicId() == null
                        ? Uuids.v5(NAMESPACE, topic, partition, offset)
                        : Uuids.v5(NAMESPACE, topic, partition, offset, source.getTopicId()))
                .toString();
    }

    /** Of an event that could be decoded. */
    public DeadLetterDraft about(UsageEvent event) {
        return about(event.getId(), event.getAccountId(), event.getEventType());
    }

    /** Of an event of which only this is known. */
    public DeadLetterDraft about(@Nullable String eventId, @Nullable String accountId, @Nullable String eventType) {
        letter.setEventId(cut(eventId)).setAccountId(cut(accountId)).setEventType(cut(eventType));
        return this;
    }

    /** Failed for a while: since {@code first}, and for good at {@code last}. */
    public DeadLetterDraft failing(Instant first, Instant last) {
        letter.setFirstFailedAt(first).setLastFailedAt(last);
        return this;
    }

    /**
     * Sets how often delivery was tried.
     *
     * @param attempts requests that carried the event, at least 0
     */
    public DeadLetterDraft attempts(int attempts) {
        letter.setAttempts(attempts);
        return this;
    }

    /** The answer that decided it; secrets leave the body here, before anything is kept. */
    public DeadLetterDraft answered(int httpStatus, String body, ResponseExcerpt excerpt) {
        letter.setHttpStatus(httpStatus).setResponseExcerpt(excerpt.of(body));
        return this;
    }

    /** A fact particular to the reason, such as a fingerprint; a later one under the same name replaces it. */
    public DeadLetterDraft attribute(String name, String value) {
        letter.getAttributes().put(name, cut(value, TEXT_CHARS_MAX));
        return this;
    }

    public SourceRecord origin() {
        return origin;
    }

    public DeadLetterReason reason() {
        return reason;
    }

    /** The same with no more of the original than the bounds allow. A dead letter is written after this. */
    public DeadLetterDraft within(RecordBounds bounds) {
        return new DeadLetterDraft(origin.within(bounds), reason, letter);
    }

    /** The record that goes to the dead-letter topic, under the original record's key. */
    public DeadLetter toDeadLetter() {
        return letter.setId(idOf(origin.source()))
                .setSource(origin.source())
                .setOriginalKey(Utils.wrapNullable(origin.key()))
                .setOriginalValue(Utils.wrapNullable(origin.value()))
                .setOriginalHeaders(origin.originalHeaders())
                .setReplayOf(origin.replayOf().orElse(null))
                .setOriginalReference(origin.reference().orElse(null))
                .build();
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null ? null : cut(text, TEXT_CHARS_MAX);
    }

    /** Never in the middle of a character. */
    private static String cut(String text, int charsMax) {
        if (text.length() <= charsMax) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(charsMax - 1)) ? charsMax - 1 : charsMax;
        return text.substring(0, end) + "...";
    }
}

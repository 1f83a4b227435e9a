package io.usageflow.forwarder.deadletter;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.observe.Version;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.UsageEvent;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter being written, by either stage. Begins with what every dead letter must say; the rest is added where it
 * is known. Immutable: each method gives a new draft.
 *
 * <p>The id depends on the source record alone, so a transaction that is repeated after a crash writes the same dead
 * letter again and not a second one.
 */
public final class DeadLetterDraft {
    /** Of a name or a fact; the rules on events allow less, but not every dead letter's event keeps them. */
    private static final int TEXT_CHARS_MAX = 1024;

    /** Of the explanation, which names every broken rule. */
    private static final int DETAIL_CHARS_MAX = 8192;

    private final SourceRecord origin;
    private final DeadLetterStage stage;
    private final DeadLetterReason reason;
    private final String detail;
    private final Failure failure;
    private final Facts facts;

    private record Failure(
            Instant first,
            Instant last,
            int attempts,
            @Nullable Integer httpStatus,
            @Nullable String responseExcerpt) {}

    private record Facts(
            @Nullable String eventId,
            @Nullable String accountId,
            @Nullable String eventType,
            Map<String, String> attributes) {}

    private DeadLetterDraft(
            SourceRecord origin,
            DeadLetterStage stage,
            DeadLetterReason reason,
            String detail,
            Failure failure,
            Facts facts) {
        this.origin = origin;
        this.stage = stage;
        this.reason = reason;
        this.detail = detail;
        this.failure = failure;
        this.facts = facts;
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
                stage,
                reason,
                detail,
                new Failure(failedAt, failedAt, 0, null, null),
                new Facts(null, null, null, Map.of()));
    }

    /** Of an event that could be decoded. */
    public DeadLetterDraft about(UsageEvent event) {
        return about(event.getId(), event.getAccountId(), event.getEventType());
    }

    /** Of an event of which only this is known. */
    public DeadLetterDraft about(@Nullable String eventId, @Nullable String accountId, @Nullable String eventType) {
        return with(failure, new Facts(cut(eventId), cut(accountId), cut(eventType), facts.attributes));
    }

    /** Failed for a while: since {@code first}, and for good at {@code last}. */
    public DeadLetterDraft failing(Instant first, Instant last) {
        return with(new Failure(first, last, failure.attempts, failure.httpStatus, failure.responseExcerpt), facts);
    }

    /**
     * Sets how often delivery was tried.
     *
     * @param attempts requests that carried the event, at least 0
     */
    public DeadLetterDraft attempts(int attempts) {
        return with(
                new Failure(failure.first, failure.last, attempts, failure.httpStatus, failure.responseExcerpt), facts);
    }

    /** The answer that decided it; secrets leave the body here, before anything is kept. */
    public DeadLetterDraft answered(int httpStatus, String body, ResponseExcerpt excerpt) {
        return with(new Failure(failure.first, failure.last, failure.attempts, httpStatus, excerpt.of(body)), facts);
    }

    /** A fact particular to the reason, such as a fingerprint; a later one under the same name replaces it. */
    public DeadLetterDraft attribute(String name, String value) {
        Map<String, String> more = new TreeMap<>(facts.attributes);
        more.put(name, cut(value, TEXT_CHARS_MAX));
        return with(failure, new Facts(facts.eventId, facts.accountId, facts.eventType, more));
    }

    public SourceRecord origin() {
        return origin;
    }

    public DeadLetterReason reason() {
        return reason;
    }

    /** The same with no more of the original than the bounds allow. A dead letter is written after this. */
    @SuppressWarnings("ReferenceEquality") // itself if nothing is cut
    public DeadLetterDraft within(RecordBounds bounds) {
        SourceRecord bounded = origin.within(bounds);
        return bounded == origin ? this : new DeadLetterDraft(bounded, stage, reason, detail, failure, facts);
    }

    /** The record that goes to the dead-letter topic, under the original record's key. */
    public DeadLetter toDeadLetter() {
        Optional<String> replayOf = origin.replayOf();
        return DeadLetter.newBuilder()
                .setId(DeadLetterIds.of(origin.source()))
                .setEventId(facts.eventId)
                .setAccountId(facts.accountId)
                .setEventType(facts.eventType)
                .setStage(stage.word())
                .setReason(reason.name())
                .setDetail(cut(detail, DETAIL_CHARS_MAX))
                .setHttpStatus(failure.httpStatus)
                .setResponseExcerpt(failure.responseExcerpt)
                .setAttempts(failure.attempts)
                .setFirstFailedAt(failure.first)
                .setLastFailedAt(failure.last)
                .setSource(origin.source())
                .setOriginalKey(SourceRecord.buffer(origin.key()))
                .setOriginalValue(SourceRecord.buffer(origin.value()))
                .setOriginalHeaders(origin.originalHeaders())
                .setAttributes(facts.attributes)
                .setVersion(Version.current())
                .setReplayOf(replayOf.orElse(null))
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

    private DeadLetterDraft with(Failure newFailure, Facts newFacts) {
        return new DeadLetterDraft(origin, stage, reason, detail, newFailure, newFacts);
    }
}

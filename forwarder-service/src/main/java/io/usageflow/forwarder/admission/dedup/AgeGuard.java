package io.usageflow.forwarder.admission.dedup;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.id.Uuids;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Refuses what the remembered ids can no longer vouch for, so that finite memory is enough to admit an event once for
 * ever. Pure, thread-safe. Its clock is the record's append time, which is the same in every retry and restart.
 *
 * <p>An event has up to two times: its {@code occurred_at}, and the time in its id where that is a UUIDv7. It is
 *
 * <ul>
 *   <li>{@code IN_FUTURE} where a time is later than append + skew;
 *   <li>{@code TOO_OLD} where a time is earlier than append − (window − skew), or not later than the <em>forgotten
 *       mark</em>: the greatest, over all ids ever forgotten, of first seen + skew.
 * </ul>
 *
 * <p><b>Claim:</b> of all copies that share an {@code occurred_at} or a UUIDv7 id, one is admitted. <b>Proof.</b> Let
 * the first be admitted at append time s, and t be the time it shares with its copies. It was not {@code IN_FUTURE}, so
 * t ≤ s + skew. As long as the id is remembered, a copy is a duplicate or a conflict. Once it is forgotten, the
 * forgotten mark, which is written in the same transaction that forgets it and never goes down, is at least s + skew ≥ t:
 * the copy is {@code TOO_OLD}. ∎ The claim needs no assumption on brokers' clocks, nor that the window's setting never
 * changes.
 *
 * <p>The rule with the window is what makes the refusal predictable instead of dependent on when ids happen to be
 * forgotten: ids first seen at s are forgotten only after append time has passed s + window ({@link DedupStore}), so, while
 * brokers' clocks go on, the forgotten mark stays below append − (window − skew), and no event is {@code TOO_OLD} that
 * the documented rule would admit. Where there was no room for a whole window, the mark is later and the effective window
 * shorter: more is refused, and still nothing admitted twice.
 *
 * <p>A copy that was given a new {@code occurred_at} under an id without a time escapes after the window; there
 * Credyt's own idempotency is the last guard.
 */
public final class AgeGuard {
    private final long windowMs;
    private final long skewMs;

    public AgeGuard(Duration window, Duration skew) {
        this.windowMs = window.toMillis();
        this.skewMs = skew.toMillis();
        if (windowMs <= 2 * skewMs) {
            throw new IllegalArgumentException("a window of " + window + " leaves no room for a skew of " + skew);
        }
    }

    /** Why an event may not pass. */
    public record Refusal(DeadLetterReason reason, String detail) {}

    /**
     * @param id what Credyt will see; its time counts where it is a UUIDv7
     * @param appendedAt of the record, Unix milliseconds
     * @param forgottenMark see the class; {@link Long#MIN_VALUE} where nothing was ever forgotten
     */
    public Optional<Refusal> check(Instant occurredAt, UUID id, long appendedAt, long forgottenMark) {
        long oldest = oldestAdmissible(appendedAt, forgottenMark);
        long newest = appendedAt + skewMs;
        Optional<Refusal> byEvent = check("occurred_at", occurredAt.toEpochMilli(), oldest, newest);
        if (byEvent.isPresent()) {
            return byEvent;
        }
        OptionalLong idTime = timeOf(id);
        return idTime.isPresent()
                ? check("the time inside its id", idTime.getAsLong(), oldest, newest)
                : Optional.empty();
    }

    /**
     * From when an id has to be remembered as seen: its append time, or later where a replay brought an event of the
     * future past this guard, so that the proof holds for it too.
     */
    public long seenAt(Instant occurredAt, UUID id, long appendedAt) {
        return Math.max(
                Math.max(appendedAt, occurredAt.toEpochMilli() - skewMs),
                timeOf(id).orElse(appendedAt) - skewMs);
    }

    /** Whether an id first seen then may be forgotten when append time has come to {@code now}. */
    boolean mayForget(long seenAt, long now) {
        return now > 0 && now - windowMs > seenAt; // not yet known is no late time
    }

    /**
     * Whether it may be forgotten before its window is over, because there is no room: never so early that the mark, which
     * is later by the skew, reaches the events of this hour.
     */
    boolean mayForgetEarly(long seenAt, long now) {
        return now > 0 && now - 2 * skewMs > seenAt;
    }

    /** How far back, in milliseconds, repeats are told from firsts: window − skew, or less where ids were forgotten early. */
    public long effectiveWindowMs(long now, long forgottenMark) {
        return now - oldestAdmissible(now, forgottenMark);
    }

    /** The forgotten mark that forgetting an id first seen then asks for. */
    long markOf(long seenAt) {
        return seenAt + skewMs;
    }

    private long oldestAdmissible(long appendedAt, long forgottenMark) {
        return Math.max(
                appendedAt - (windowMs - skewMs), forgottenMark == Long.MIN_VALUE ? Long.MIN_VALUE : forgottenMark + 1);
    }

    private static OptionalLong timeOf(UUID id) {
        return Uuids.timeOf(id).map(Instant::toEpochMilli).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    private Optional<Refusal> check(String what, long time, long oldest, long newest) {
        if (time < oldest) {
            return Optional.of(new Refusal(
                    DeadLetterReason.TOO_OLD,
                    what + " is " + Instant.ofEpochMilli(time) + ", and repeats are told from firsts only back to "
                            + Instant.ofEpochMilli(oldest)
                            + ": replay it where it was never billed, discard it otherwise"));
        }
        if (time > newest) {
            return Optional.of(
                    new Refusal(
                            DeadLetterReason.IN_FUTURE,
                            what + " is " + Instant.ofEpochMilli(time) + ", later than "
                                    + Instant.ofEpochMilli(newest)
                                    + ", which is when Kafka got it and the allowed skew: check the producer's clock, then replay"));
        }
        return Optional.empty();
    }
}

package io.usageflow.forwarder.admission.dedup;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.id.Uuids;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Refuses events whose first copy may have been forgotten, so that finite memory suffices to admit each event once, for
 * ever. Pure, thread-safe. Its clock is the record's append time, which is the same in every retry and restart.
 *
 * <p>An event has up to two times: its {@code occurred_at}, and the time in its id if that is a UUIDv7. It is
 *
 * <ul>
 *   <li>{@code IN_FUTURE} if a time is later than append + skew;
 *   <li>{@code TOO_OLD} if a time is earlier than append − (window − skew), or not later than the <em>forgotten
 *       mark</em>: the maximum of first seen + skew over all ids ever forgotten.
 * </ul>
 *
 * <p><b>Claim:</b> of all copies that share an {@code occurred_at} or a UUIDv7 id, one is admitted. <b>Proof.</b> Let
 * the first be admitted at append time s, and t be the time that it shares with its copies. It was not {@code
 * IN_FUTURE}, so t ≤ s + skew. While the id is stored, a copy is a duplicate or a conflict. The transaction that
 * forgets the id raises the forgotten mark to at least s + skew ≥ t, and the mark never decreases: a later copy is
 * {@code TOO_OLD}. ∎ The proof makes no assumption about brokers' clocks or a constant window.
 *
 * <p>The window makes the refusal predictable: ids first seen at s are forgotten only after s + window ({@link
 * DedupStore}), so, while brokers' clocks advance, the mark stays below append − (window − skew) and refuses no event
 * that the documented rule admits. If the store is too small for a whole window, the effective window is shorter: more
 * events are refused, and still none is admitted twice.
 *
 * <p>A copy with a new {@code occurred_at} under an id without a time is admitted again after the window; only Credyt's
 * own idempotency helps there.
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

    /** Why an event is refused. */
    public record Refusal(DeadLetterReason reason, String detail) {}

    /**
     * Checks the age of an event.
     *
     * @param id the id that Credyt sees; its time counts if it is a UUIDv7
     * @param appendedAt append time of the record, in Unix milliseconds
     * @param forgottenMark see the class; {@link Long#MIN_VALUE} if nothing was ever forgotten
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
     * The time to store as first seen: the append time, or later if a replay bypassed this guard with a future event,
     * so that the proof holds for it too.
     */
    public long seenAt(Instant occurredAt, UUID id, long appendedAt) {
        return Math.max(
                Math.max(appendedAt, occurredAt.toEpochMilli() - skewMs),
                timeOf(id).orElse(appendedAt) - skewMs);
    }

    /** Whether an id may be forgotten at the append time {@code now}. */
    boolean mayForget(long seenAt, long now) {
        return now > 0 && now - windowMs > seenAt; // 0: append time is not yet known
    }

    /**
     * Whether an id may be forgotten before the end of its window, in a full store: not so early that the mark would
     * reach current events.
     */
    boolean mayForgetEarly(long seenAt, long now) {
        return now > 0 && now - 2 * skewMs > seenAt;
    }

    /** How far back repeats are recognized, in milliseconds: window − skew, or less if ids were forgotten early. */
    public long effectiveWindowMs(long now, long forgottenMark) {
        return now - oldestAdmissible(now, forgottenMark);
    }

    long windowMs() {
        return windowMs;
    }

    /** The forgotten mark that forgetting an id requires. */
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
                    what + " is " + Instant.ofEpochMilli(time) + ", and repeats are recognized only back to "
                            + Instant.ofEpochMilli(oldest)
                            + ": replay it if it was never billed, otherwise discard it"));
        }
        if (time > newest) {
            return Optional.of(new Refusal(
                    DeadLetterReason.IN_FUTURE,
                    what + " is " + Instant.ofEpochMilli(time) + ", later than "
                            + Instant.ofEpochMilli(newest)
                            + ", the time that Kafka received it plus the allowed skew: check"
                            + " the producer's clock, then replay"));
        }
        return Optional.empty();
    }
}

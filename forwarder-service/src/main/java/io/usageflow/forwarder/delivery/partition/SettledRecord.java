package io.usageflow.forwarder.delivery.partition;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The encoded receipt or dead letter of a settled record, kept until its transaction. Compact, since many may wait for
 * one older record.
 *
 * @param key of the record to write; null if the deliverable record had none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SettledRecord(SettlementResult result, byte @Nullable [] key, byte[] value) {
    public static final SettlementResult DELIVERED = new SettlementResult.Delivered(false);
    public static final SettlementResult ALREADY_KNOWN = new SettlementResult.Delivered(true);

    /** Rough size on the heap. */
    int bytes() {
        return value.length + (key == null ? 0 : key.length) + 96;
    }

    /** The outcome of a record. */
    public sealed interface SettlementResult {
        <R> R match(Function<Boolean, R> onDelivered, Function<DeadLetterReason, R> onDead);

        /** The ledger counters to increment. */
        default List<String> counters() {
            return match(
                    known -> known
                            ? List.of(
                                    LedgerCounter.RECEIVED.key(),
                                    LedgerCounter.DELIVERED.key(),
                                    LedgerCounter.ALREADY_KNOWN.key())
                            : List.of(LedgerCounter.RECEIVED.key(), LedgerCounter.DELIVERED.key()),
                    reason -> List.of(
                            LedgerCounter.RECEIVED.key(),
                            LedgerCounter.DEAD_LETTERED.key(),
                            LedgerCounter.deadLettered(reason)));
        }

        /** Accepted by Credyt. */
        record Delivered(boolean known) implements SettlementResult {
            @Override
            public <R> R match(Function<Boolean, R> onDelivered, Function<DeadLetterReason, R> onDead) {
                return onDelivered.apply(known);
            }
        }

        /** A dead letter. */
        record Dead(DeadLetterReason reason) implements SettlementResult {
            @Override
            public <R> R match(Function<Boolean, R> onDelivered, Function<DeadLetterReason, R> onDead) {
                return onDead.apply(reason);
            }
        }
    }
}

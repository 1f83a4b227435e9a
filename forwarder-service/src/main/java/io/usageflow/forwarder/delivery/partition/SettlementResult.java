package io.usageflow.forwarder.delivery.partition;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.util.List;
import java.util.function.Function;

/** How a record ended. Sealed: a receipt or a dead letter. */
public sealed interface SettlementResult {
    SettlementResult DELIVERED = new Delivered(false);
    SettlementResult ALREADY_KNOWN = new Delivered(true);

    <R> R match(Function<Boolean, R> onDelivered, Function<DeadLetterReason, R> onDead);

    /** The ledger counters that go up by one. */
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

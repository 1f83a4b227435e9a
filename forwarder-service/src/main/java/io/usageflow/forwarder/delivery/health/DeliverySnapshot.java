package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import java.time.Duration;
import java.util.Optional;

/**
 * What delivery looked like at the end of its last round. Immutable.
 *
 * @param buffered what is in memory and in flight
 * @param destination how Credyt is doing
 * @param totals since the start of this process; the ledger has the exact ones
 */
public record DeliverySnapshot(Buffered buffered, DestinationView destination, Totals totals) {

    /**
     * @param outstanding events read and not settled
     * @param outstandingBytes memory that they take, roughly
     * @param held settled events that wait for an older one
     * @param inFlight requests
     * @param oldest since the oldest unsettled event was admitted
     * @param lag records not read yet
     * @param retentionLeft until Kafka deletes the oldest unsettled event; negative: it may be gone. Empty where nothing
     *     waits, or nothing is ever deleted
     */
    public record Buffered(
            int outstanding,
            long outstandingBytes,
            int held,
            int inFlight,
            Duration oldest,
            long lag,
            Optional<Duration> retentionLeft) {}

    /**
     * @param limit requests that may be in flight
     * @param cause why the circuit is open; empty while it is closed
     * @param detail what the last failure said
     * @param failingCustomers whose last delivery failed
     * @param blockedCustomers of them, those whose events become dead letters
     * @param surge whether events wait because the surge guard keeps them from becoming dead letters
     */
    public record DestinationView(
            int limit,
            Circuit.State circuit,
            Optional<OutageCause> cause,
            String detail,
            int failingCustomers,
            int blockedCustomers,
            boolean surge) {}

    /**
     * @param delivered accepted by Credyt, those it knew already included
     * @param alreadyKnown of them, those it knew already
     * @param deadLettered dead letters
     * @param settled those of both that are committed
     * @param retries requests that had to be sent again later
     */
    public record Totals(long delivered, long alreadyKnown, long deadLettered, long settled, long retries) {}

    public static DeliverySnapshot empty() {
        return new DeliverySnapshot(
                new Buffered(0, 0, 0, 0, Duration.ZERO, 0, Optional.empty()),
                new DestinationView(0, Circuit.State.CLOSED, Optional.empty(), "", 0, 0, false),
                new Totals(0, 0, 0, 0, 0));
    }
}

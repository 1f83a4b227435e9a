package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Delivery's state at the end of its last round. Immutable.
 *
 * @param buffered events in memory and in flight
 * @param destination the health of Credyt
 * @param totals since the start of this process; the ledger has the exact numbers
 */
public record DeliverySnapshot(Buffered buffered, DestinationView destination, Totals totals) {

    /**
     * Events in memory and in flight.
     *
     * @param outstanding events read and not settled
     * @param outstandingBytes their approximate size
     * @param held settled events that wait for an older one
     * @param inFlight requests
     * @param oldest since the oldest unsettled event was admitted
     * @param lag records not read yet
     * @param retentionLeft until Kafka deletes the oldest unsettled event; negative if it may be gone; empty if no
     *     event waits or none is ever deleted
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
     * The health of Credyt.
     *
     * @param limit requests that may be in flight
     * @param cause why the circuit is open; empty while it is closed
     * @param detail of the last failure
     * @param failingCustomers customers whose last delivery failed
     * @param blockedCustomers failing customers whose events become dead letters
     * @param surge whether the surge guard holds events back from the dead letters
     * @param funds customers that lack funds, which are no failing customers
     */
    public record DestinationView(
            int limit,
            Circuit.State circuit,
            Optional<OutageCause> cause,
            String detail,
            int failingCustomers,
            int blockedCustomers,
            boolean surge,
            FundsView funds) {}

    /**
     * Customers whose events wait because the customer lacks funds.
     *
     * @param customers their number
     * @param events that wait for them in memory
     * @param all whether every customer that was tried is refused, and nothing is accepted
     * @param listed those that have waited longest
     */
    public record FundsView(int customers, long events, boolean all, List<HeldCustomer> listed) {
        static final FundsView NONE = new FundsView(0, 0, false, List.of());

        public FundsView {
            listed = List.copyOf(listed);
        }
    }

    /**
     * A customer that lacks funds.
     *
     * @param external whether {@code customer} is the company's own id, and not Credyt's
     * @param credytAccount the connected account; empty for that of the settings
     * @param cause the last answer
     */
    public record HeldCustomer(
            String customer,
            boolean external,
            Optional<String> credytAccount,
            long events,
            Instant since,
            String cause) {}

    /**
     * Numbers since the start of this process.
     *
     * @param delivered events that Credyt accepted, including those it knew already
     * @param alreadyKnown events that Credyt knew already
     * @param deadLettered dead letters
     * @param settled committed outcomes
     * @param retries requests that were sent again
     */
    public record Totals(long delivered, long alreadyKnown, long deadLettered, long settled, long retries) {}

    public static DeliverySnapshot empty() {
        return new DeliverySnapshot(
                new Buffered(0, 0, 0, 0, Duration.ZERO, 0, Optional.empty()),
                new DestinationView(0, Circuit.State.CLOSED, Optional.empty(), "", 0, 0, false, FundsView.NONE),
                new Totals(0, 0, 0, 0, 0));
    }
}

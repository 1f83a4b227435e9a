package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.delivery.SettlementRecords.Death;
import io.usageflow.forwarder.delivery.avro.Proof;
import java.time.Instant;

/** How an event ended, noted in its partition until it is committed. An event whose assignment is over ends elsewhere, and one that
 * is sent again after its end, to compare others with it, has ended already. One thread. */
final class Fates {
    private final SettlementRecords records;
    private final DeliveryMeters meters;

    Fates(SettlementRecords records, DeliveryMeters meters) {
        this.records = records;
        this.meters = meters;
    }

    /** @param proof what says so */
    void delivered(PendingEvent event, Proof proof, int status, Instant now) {
        if (isOpen(event)) {
            settle(event, records.receipt(event, proof, status, now));
        }
    }

    void dead(PendingEvent event, Death death, Instant now) {
        if (isOpen(event)) {
            settle(event, records.dead(event, death, now));
        }
    }

    private static boolean isOpen(PendingEvent event) {
        return event.current() && !event.isSettled();
    }

    private void settle(PendingEvent event, Settled settled) {
        event.settled();
        event.partition().settle(event.offset(), event.bytes(), settled);
        meters.settled(settled.verdict());
    }
}

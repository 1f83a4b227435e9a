package io.usageflow.forwarder.ledger;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import java.util.Locale;

/**
 * The names under which a {@link io.usageflow.schema.LedgerEntry} counts. Per partition, at any committed moment:
 * admission: received = admitted + duplicate + dead-lettered + parked; delivery: received = delivered + dead-lettered.
 */
public enum LedgerCounter {
    /**
     * Admission: records judged here, from events and replays; those rerouted away are not. Delivery: records settled.
     */
    RECEIVED,
    /** Admission: those of RECEIVED that came from the replays lane. */
    REPLAYED,
    /** Admission: written to deliverable. */
    ADMITTED,
    /** Admission: same id, same billable content as one seen before. */
    DUPLICATE,
    /** Both stages: written to dead letters; the reasons' own counters add up to it. */
    DEAD_LETTERED,
    /** Admission: waiting for a link now; the only counter that also goes down. */
    PARKED,
    /** Admission: sent on to the account's own partition; there, not here, it is received. */
    REROUTED,
    DELIVERED,
    /** Delivery: those of DELIVERED of which Credyt said that it knew the id. */
    ALREADY_KNOWN,
    /**
     * Both stages: records that Kafka deleted before the stage read them, markers of transactions among them; admission
     * adds a counter for each topic. No other counter has them.
     */
    EXPIRED_UNREAD,
    /**
     * Both stages: how often a topic was another log than the stage's offset stood in, or a log that ends before it.
     */
    LOG_REPLACED;

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The key of the part of {@link #DEAD_LETTERED} that has this reason. */
    public static String deadLettered(DeadLetterReason reason) {
        return DEAD_LETTERED.key() + "." + reason.name();
    }

    /** The key of the part of {@link #EXPIRED_UNREAD} that stood in this topic. */
    public static String expiredUnread(String topic) {
        return EXPIRED_UNREAD.key() + "." + topic;
    }
}

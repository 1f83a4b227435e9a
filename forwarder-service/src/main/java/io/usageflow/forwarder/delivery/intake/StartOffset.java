package io.usageflow.forwarder.delivery.intake;

import io.usageflow.forwarder.delivery.partition.CommittedCounters;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.util.Optional;

/**
 * The offset at which a partition is read, and its counters. Pure; no case skips an existing record.
 *
 * @param offset the first to read
 * @param expired upper bound of the records that Kafka deleted unread
 * @param counters the stored counters, updated and for the current log
 */
record StartOffset(Reason reason, long offset, long expired, CommittedCounters counters) {
    enum Reason {
        /** The group's offset. */
        COMMITTED,
        /** The ledger's offset, because Kafka has forgotten the group's. */
        LEDGER,
        /** The earliest record, because nothing was ever committed. */
        NOTHING_COMMITTED,
        /** The earliest record, because the committed offset is of another log. */
        OTHER_LOG,
        /**
         * The earliest record, because the log ends before the committed offset, as after an unclean leader election.
         */
        LOG_CUT
    }

    /** A stored offset, with its counters and log. */
    record Stored(long offset, CommittedCounters counters) {}

    /**
     * Decides the start. If the group's offset does not name its log, because another tool set it, the ledger's log
     * counts. If neither names it, as in earlier versions, the current log counts.
     *
     * @param log the current log
     * @param first the first existing offset
     * @param cut whether the log ends before the committed offset
     */
    static StartOffset of(Optional<Stored> committed, Optional<Stored> booked, LogId log, long first, boolean cut) {
        Optional<Stored> kept = committed.or(() -> booked);
        if (kept.isEmpty()) {
            return new StartOffset(Reason.NOTHING_COMMITTED, first, 0, CommittedCounters.NONE.in(log));
        }
        LogId theirs = committed
                .map(offset -> offset.counters().log())
                .filter(LogId::isKnown)
                .or(() -> booked.map(entry -> entry.counters().log()))
                .orElse(LogId.UNKNOWN);
        CommittedCounters counters = kept.get().counters().in(log);
        if (cut || theirs.differsFrom(log)) {
            return new StartOffset(
                    cut ? Reason.LOG_CUT : Reason.OTHER_LOG, first, 0, counters.plus(LedgerCounter.LOG_REPLACED, 1));
        }
        Reason reason = committed.isPresent() ? Reason.COMMITTED : Reason.LEDGER;
        long expired = Math.max(0, first - kept.get().offset());
        return new StartOffset(
                reason,
                Math.max(first, kept.get().offset()),
                expired,
                expired == 0 ? counters : counters.plus(LedgerCounter.EXPIRED_UNREAD, expired));
    }
}

package io.usageflow.forwarder.delivery.intake;

import io.usageflow.forwarder.delivery.partition.CommittedCounters;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.ledger.LedgerCounter;
import java.util.Optional;

/**
 * From which offset a partition is read, and with which counters it counts on. Pure; no case skips a record that Kafka has.
 *
 * @param offset the first to read
 * @param expired records at most that Kafka deleted before they were read
 * @param counters those kept, of the log as it is now, with what is counted here
 */
record StartOffset(Reason reason, long offset, long expired, CommittedCounters counters) {
    enum Reason {
        /** The group's offset. */
        COMMITTED,
        /** The ledger's: Kafka has forgotten the group's. */
        LEDGER,
        /** The earliest record: nothing was ever committed. */
        NOTHING_COMMITTED,
        /** The earliest record: what was committed is of another log, where the same offset was another record. */
        OTHER_LOG,
        /** The earliest record: what was committed is beyond the end of the log, as after an unclean leader election. */
        LOG_CUT
    }

    /** An offset that was kept, with the counters, and so the log, that were kept with it. */
    record Kept(long offset, CommittedCounters counters) {}

    /**
     * The ledger's log counts also where the group has an offset that does not say its log: one that another tool copied or
     * set. Where neither says it, as earlier versions wrote them, the log as it is now is taken to be theirs.
     *
     * @param log as it is now
     * @param first offset of the first record that Kafka still has
     * @param cut whether Kafka says that the log ends before what was committed
     */
    static StartOffset of(Optional<Kept> committed, Optional<Kept> booked, LogId log, long first, boolean cut) {
        Optional<Kept> kept = committed.or(() -> booked);
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

package io.usageflow.forwarder.delivery.intake;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction.LostProducerException;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.Assignments;
import io.usageflow.forwarder.delivery.partition.CommittedCounters;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.TopicWatch;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the start offset and the counters of each assigned partition before its first event is read. One thread.
 *
 * <p>Both are in the group's committed offset. Kafka forgets it if the topic is deleted, or if the group was away for
 * longer than {@code offsets.retention.minutes}, a week by default, while deliverable events are kept for two. The
 * ledger has the same values, from the same transactions. Both name the log of the offset.
 *
 * <p>The consumer never resets its position ({@code auto.offset.reset=none}). If an offset has no record, the loss is
 * counted and logged.
 */
public final class StartOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(StartOffsets.class);
    private static final Duration ASK_WITHIN = Duration.ofMillis(500);
    private static final Duration ASK_AGAIN_AFTER = Duration.ofSeconds(1);
    /** Longer than the timeout of other transactions. */
    private static final Duration UNREADABLE_MAX = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;
    private final Supplier<Map<Integer, LedgerEntry>> ledger;
    private final TopicWatch watch;
    private final DeliveryMeters meters;
    private final DeliveryClock clock;
    /** Partitions whose log ends before the committed offset. */
    private final Set<TopicPartition> cut = new HashSet<>();
    /** Partitions whose start is unknown, and since when. */
    private final Map<TopicPartition, Long> unknown = new HashMap<>();

    private long askDueNanos;

    /**
     * Creates the reader; {@code ledger} reads delivery's newest entries by partition, and is called only if needed.
     */
    public StartOffsets(
            Consumer<byte[], byte[]> consumer,
            Supplier<Map<Integer, LedgerEntry>> ledger,
            TopicWatch watch,
            DeliveryMeters meters,
            DeliveryClock clock) {
        this.consumer = consumer;
        this.ledger = ledger;
        this.watch = watch;
        this.meters = meters;
        this.clock = clock;
        this.askDueNanos = clock.nanos();
    }

    public void assigned(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> unknown.put(partition, clock.nanos()));
        // Any position: nothing is read from it, since a partition is paused until its start is known.
        partitions.forEach(partition -> consumer.seek(partition, 0));
        askDueNanos = clock.nanos();
    }

    public void revoked(Collection<TopicPartition> partitions) {
        unknown.keySet().removeAll(partitions);
        cut.removeAll(partitions);
    }

    /** Partitions whose events may not be read yet. */
    public Set<TopicPartition> unknown() {
        return unknown.keySet();
    }

    /**
     * Reads unknown offsets. Blocks for at most half a second, except for a new partition.
     *
     * @throws LostProducerException if the offsets stay unreadable, which means an open transaction; a new producer
     *     ends it
     */
    public void read(Collection<AssignedPartition> partitions) {
        if (unknown.isEmpty() || clock.nanos() - askDueNanos < 0 || !knowsLogs()) {
            return;
        }
        askDueNanos = clock.nanos() + ASK_AGAIN_AFTER.toNanos();
        try {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    answer(() -> consumer.committed(unknown.keySet(), ASK_WITHIN));
            Map<TopicPartition, Long> first = answer(() -> consumer.beginningOffsets(unknown.keySet(), ASK_WITHIN));
            Map<Integer, LedgerEntry> entries =
                    unknown.keySet().stream().map(committed::get).allMatch(StartOffsets::saysItsLog)
                            ? Map.of()
                            : ledger.get();
            for (AssignedPartition partition : partitions) {
                TopicPartition key = partition.partition();
                if (unknown.containsKey(key)) {
                    begin(
                            partition,
                            Optional.ofNullable(committed.get(key)),
                            Optional.ofNullable(entries.get(key.partition())),
                            watch.log(key.topic()).orElse(LogId.UNKNOWN),
                            first.getOrDefault(key, 0L));
                }
            }
        } catch (TimeoutException slow) {
            LOG.warn("event=offsets_unreadable partitions={} why={}", unknown.keySet(), VisibleText.logged(slow));
            if (unknownFor(UNREADABLE_MAX)) {
                throw new LostProducerException(
                        "a transaction that does not end holds the group's offsets", false, slow);
            }
        }
    }

    /** Throws if Kafka does not describe the topic for long: a new session tries again, and health shows the reason. */
    private boolean knowsLogs() {
        if (watch.knowsLogs()) {
            return true;
        }
        if (unknownFor(UNREADABLE_MAX)) {
            throw new KafkaException("Kafka does not describe " + unknown.keySet()
                    + ": check that the topic exists and that delivery has the permission DESCRIBE on it");
        }
        return false;
    }

    private boolean unknownFor(Duration time) {
        long oldest = unknown.values().stream().min(Long::compare).orElse(clock.nanos());
        return clock.nanos() - oldest >= time.toNanos();
    }

    private static boolean saysItsLog(@Nullable OffsetAndMetadata offset) {
        return offset != null
                && CommittedCounters.parse(offset.metadata())
                        .filter(counters -> counters.log().isKnown())
                        .isPresent();
    }

    private static <T> T answer(Supplier<T> question) {
        while (true) {
            try {
                return question.get();
            } catch (WakeupException rungTooLate) {
                // A late wake-up, after poll had returned. There is at most one for each poll, so this loop ends.
            }
        }
    }

    private void begin(
            AssignedPartition partition,
            Optional<OffsetAndMetadata> committed,
            Optional<LedgerEntry> booked,
            LogId log,
            long first) {
        TopicPartition key = partition.partition();
        StartOffset start = StartOffset.of(
                committed.map(offset -> new StartOffset.Stored(offset.offset(), counters(key, offset))),
                booked.flatMap(entry -> kept(key, entry)),
                log,
                first,
                cut.remove(key));
        tell(key, start, log);
        consumer.seek(key, start.offset());
        partition.counters(start.counters());
        long before = start.offset() - start.expired();
        if (start.reason() == StartOffset.Reason.OTHER_LOG || start.reason() == StartOffset.Reason.LOG_CUT) {
            partition.counted(start.counters());
            partition.ledger().position(start.offset());
            meters.logReplaced();
        } else if (start.reason() != StartOffset.Reason.NOTHING_COMMITTED) {
            partition.ledger().startedAt(before);
        }
        expired(partition, start.expired(), start.offset());
        unknown.remove(key);
    }

    private static void tell(TopicPartition key, StartOffset start, LogId log) {
        switch (start.reason()) {
            case COMMITTED -> LOG.info("event=resumed partition={} offset={}", key, start.offset());
            case LEDGER ->
                LOG.warn(
                        "event=resumed_from_ledger partition={} offset={} why=\"Kafka has forgotten the"
                                + " group's offset\"",
                        key,
                        start.offset());
            case NOTHING_COMMITTED ->
                LOG.info(
                        "event=begins_at_earliest partition={} offset={} why=\"nothing was ever committed here\"",
                        key,
                        start.offset());
            case OTHER_LOG ->
                LOG.error(
                        "event=log_replaced partition={} offset={} log={} why=\"the topic was deleted"
                                + " and created again,"
                                + " or moved to another cluster; delivery begins at the earliest record, and Credyt"
                                + " ignores known ids; see docs/runbook.md, A topic was made again\"",
                        key,
                        start.offset(),
                        log.text());
            case LOG_CUT ->
                LOG.error(
                        "event=log_cut partition={} offset={} why=\"the log ends before the committed"
                                + " offset, as after an"
                                + " unclean leader election; delivery begins at the earliest record, and Credyt ignores"
                                + " known ids\"",
                        key,
                        start.offset());
        }
    }

    /**
     * Handles positions without a record: Kafka deleted the records unread, or the log was cut.
     *
     * @param positions by partition
     * @return the partitions whose log was cut; they must be assigned again and begin at the earliest record
     */
    public Set<TopicPartition> outOfRange(Map<TopicPartition, Long> positions, Assignments assignments) {
        Map<TopicPartition, Long> first;
        try {
            first = answer(() -> consumer.beginningOffsets(positions.keySet(), ASK_WITHIN));
        } catch (TimeoutException slow) {
            LOG.warn("event=first_offsets_unknown partitions={} why={}", positions.keySet(), VisibleText.logged(slow));
            return Set.of();
        }
        Set<TopicPartition> cutNow = new HashSet<>();
        positions.forEach((key, position) -> {
            long begin = first.getOrDefault(key, 0L);
            consumer.seek(key, begin);
            if (begin <= position) {
                cutNow.add(key);
            } else {
                assignments.current(key).ifPresent(partition -> {
                    partition.counters(partition.counters().plus(LedgerCounter.EXPIRED_UNREAD, begin - position));
                    expired(partition, begin - position, begin);
                });
            }
        });
        return cutNow;
    }

    /** Makes partitions begin at the earliest record, whatever was committed. */
    public void cut(Collection<TopicPartition> partitions) {
        cut.addAll(partitions);
    }

    /**
     * Checks that no topic was replaced.
     *
     * @throws LogReplacedException if a partition's log is not the one in which it began
     */
    public void requireSameLogs(Collection<AssignedPartition> partitions) {
        for (AssignedPartition partition : partitions) {
            LogId before = partition.counters().log();
            LogId now = watch.log(partition.partition().topic()).orElse(LogId.UNKNOWN);
            if (before.differsFrom(now)) {
                throw new LogReplacedException(partition.partition(), before, now);
            }
        }
    }

    private void expired(AssignedPartition partition, long count, long first) {
        if (count > 0) {
            LOG.error(
                    "event=expired_unread partition={} up_to={} first={} why=\"Kafka deleted events that were not"
                            + " delivered; the ledger shows them as expired unread, and in flight for ever; see"
                            + " docs/runbook.md, Events expired unread\"",
                    partition,
                    count,
                    first);
            partition.counted(partition.counters());
            partition.ledger().position(first);
            meters.expiredUnread(count);
        }
    }

    private static Optional<StartOffset.Stored> kept(TopicPartition partition, LedgerEntry entry) {
        LogId log = LogId.parse(entry.getLogs().getOrDefault(partition.topic(), ""));
        return Optional.ofNullable(entry.getNextOffset())
                .map(next -> new StartOffset.Stored(next, new CommittedCounters(entry.getCounters(), log)));
    }

    private static CommittedCounters counters(TopicPartition partition, OffsetAndMetadata offset) {
        return CommittedCounters.parse(offset.metadata()).orElseGet(() -> {
            LOG.warn(
                    "event=counters_lost partition={} offset={} why=\"another tool set the committed offset; its"
                            + " counters begin at 0\"",
                    partition,
                    offset.offset());
            return CommittedCounters.NONE;
        });
    }

    /** A topic was replaced while it was read. The next session begins at its earliest record. */
    public static final class LogReplacedException extends KafkaException {
        private static final long serialVersionUID = 1L;

        LogReplacedException(TopicPartition partition, LogId before, LogId now) {
            super(partition.topic() + " was deleted and created again: its id was " + before.text() + " and is "
                    + now.text());
        }
    }
}

package io.usageflow.forwarder.delivery;

import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From which offset each assigned partition is read, and from which counters it counts: known before its first event is
 * read. One thread.
 *
 * <p>Both stand in the group's committed offset. Kafka forgets that where the group was away for longer than
 * {@code offsets.retention.minutes} (a week by default, while deliverable events are kept for two); what was delivered
 * would then be read from its beginning once more. The ledger has the same two in the same transactions, and keeps them.
 */
final class Beginnings {
    private static final Logger LOG = LoggerFactory.getLogger(Beginnings.class);
    private static final Duration ASK_WITHIN = Duration.ofMillis(500);
    private static final Duration ASK_AGAIN_AFTER = Duration.ofSeconds(1);
    /** Transactions of others end sooner, by their time-out at the latest. */
    private static final Duration UNREADABLE_MAX = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;
    private final Supplier<Map<Integer, LedgerEntry>> ledger;
    private final DeliveryClock clock;
    /** Partitions whose beginning is not known yet, and since when. */
    private final Map<TopicPartition, Long> unknown = new HashMap<>();

    private long askDueNanos;

    /** @param ledger delivery's newest entries, by partition; asked where the group has no offset */
    Beginnings(Consumer<byte[], byte[]> consumer, Supplier<Map<Integer, LedgerEntry>> ledger, DeliveryClock clock) {
        this.consumer = consumer;
        this.ledger = ledger;
        this.clock = clock;
        this.askDueNanos = clock.nanos();
    }

    void assigned(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> unknown.put(partition, clock.nanos()));
        askDueNanos = clock.nanos();
    }

    void revoked(Collection<TopicPartition> partitions) {
        unknown.keySet().removeAll(partitions);
    }

    /** Partitions of which no event may be read yet. */
    Set<TopicPartition> unknown() {
        return unknown.keySet();
    }

    /**
     * Asks, where anything is unknown; blocks for half a second at most, but for a partition that begins for the first
     * time.
     *
     * @throws LostProducerException where the offsets stay unreadable: only a transaction that hangs explains it, and a
     *     new producer ends it
     */
    void read(Collection<AssignedPartition> partitions) {
        if (unknown.isEmpty() || clock.nanos() - askDueNanos < 0) {
            return;
        }
        askDueNanos = clock.nanos() + ASK_AGAIN_AFTER.toNanos();
        try {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    answer(() -> consumer.committed(unknown.keySet(), ASK_WITHIN));
            Map<TopicPartition, Long> first = answer(() -> consumer.beginningOffsets(unknown.keySet(), ASK_WITHIN));
            boolean all = unknown.keySet().stream().allMatch(partition -> committed.get(partition) != null);
            Map<Integer, LedgerEntry> entries = all ? Map.of() : ledger.get();
            for (AssignedPartition partition : partitions) {
                TopicPartition key = partition.partition();
                if (unknown.containsKey(key)) {
                    begin(
                            partition,
                            Optional.ofNullable(committed.get(key)),
                            Optional.ofNullable(entries.get(key.partition())),
                            first.getOrDefault(key, 0L));
                }
            }
        } catch (TimeoutException slow) {
            LOG.warn("event=offsets_unreadable partitions={} why={}", unknown.keySet(), VisibleText.logged(slow));
            long oldest = unknown.values().stream().min(Long::compare).orElse(clock.nanos());
            if (clock.nanos() - oldest >= UNREADABLE_MAX.toNanos()) {
                throw new LostProducerException(
                        "a transaction that does not end holds the group's offsets", false, slow);
            }
        }
    }

    private static <T> T answer(Supplier<T> question) {
        while (true) {
            try {
                return question.get();
            } catch (WakeupException rungTooLate) {
                // The bell rang after poll had returned; it rings once a poll, so this ends.
            }
        }
    }

    private void begin(
            AssignedPartition partition,
            Optional<OffsetAndMetadata> committed,
            Optional<LedgerEntry> booked,
            long first) {
        TopicPartition key = partition.partition();
        if (committed.isPresent()) {
            resume(partition, committed.get().offset(), counters(key, committed.get()), first);
        } else {
            Optional<LedgerEntry> entry = booked.filter(found -> found.getNextOffset() != null);
            if (entry.isPresent()) {
                long next = entry.get().getNextOffset();
                LOG.warn(
                        "event=resumed_from_ledger partition={} offset={} why=\"Kafka has forgotten the group's offset\"",
                        key,
                        next);
                consumer.seek(key, Math.max(next, first));
                resume(partition, next, new CommittedCounters(entry.get().getCounters()), first);
            } else {
                LOG.info("event=begins_at_earliest partition={} why=\"nothing was ever committed here\"", key);
                partition.counters(CommittedCounters.NONE);
            }
        }
        unknown.remove(key);
    }

    private static void resume(AssignedPartition partition, long offset, CommittedCounters counters, long first) {
        if (offset < first) {
            LOG.error(
                    "event=events_expired partition={} up_to={} why=\"Kafka has deleted events that were not delivered:"
                            + " their retention was over; the ledger shows them as in flight for ever\"",
                    partition,
                    first - offset);
        }
        partition.counters(counters);
        partition.ledger().startedAt(offset);
    }

    private static CommittedCounters counters(TopicPartition partition, OffsetAndMetadata offset) {
        return CommittedCounters.parse(offset.metadata()).orElseGet(() -> {
            LOG.warn(
                    "event=counters_lost partition={} offset={} why=\"the committed offset was set by someone else: its"
                            + " counters begin at 0\"",
                    partition,
                    offset.offset());
            return CommittedCounters.NONE;
        });
    }
}

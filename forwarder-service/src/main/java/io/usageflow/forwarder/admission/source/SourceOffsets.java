package io.usageflow.forwarder.admission.source;

import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides where Streams' consumers read, instead of {@code auto.offset.reset}, which would hide lost data. Tasks set
 * where they begin, and get the number of records that Kafka deleted unread. Thread-safe: each thread's poll serves all
 * tasks.
 */
public final class SourceOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(SourceOffsets.class);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    private final Map<TopicPartition, Source> sources = new ConcurrentHashMap<>();

    /** One partition while a task has it; guarded by itself. */
    static final class Source {
        private boolean wantsEarliest;
        /** Our own position when the task began; -1 if there was none. */
        private long own = -1;
        /** The group has no offset, so our own position counts. */
        private boolean lacksOffset;

        private long expired;
        private long expiredTo;
        /** Polls with unprocessed records. */
        private final Deque<Polled> polled = new ArrayDeque<>();
    }

    /**
     * Records that Kafka deleted unread.
     *
     * @param records an upper bound, since it includes transaction markers
     * @param to offset of the first remaining record
     */
    record Expired(long records, long to) {}

    /**
     * A poll of one partition.
     *
     * @param last offset of its last record
     * @param epochMillis time of its first record, or of the poll if the record has none
     */
    private record Polled(long last, long epochMillis) {}

    /**
     * Begins a task's ownership of a partition, and forgets the previous owner's state.
     *
     * @return the argument of {@link #end}
     */
    Source begin(TopicPartition partition, SourcePosition position) {
        Source source = new Source();
        source.wantsEarliest = position.begin() == SourcePosition.Begin.AT_EARLIEST;
        source.own = position.next().orElse(-1);
        sources.compute(partition, (any, before) -> {
            if (before != null) {
                synchronized (before) {
                    source.lacksOffset = before.lacksOffset;
                }
            }
            return source;
        });
        return source;
    }

    /** Returns and resets the records that expired unread; empty if none did. */
    Optional<Expired> takeExpired(TopicPartition partition) {
        Source source = sources.get(partition);
        if (source == null) {
            return Optional.empty();
        }
        synchronized (source) {
            long records = source.expired;
            source.expired = 0;
            return records == 0 ? Optional.empty() : Optional.of(new Expired(records, source.expiredTo));
        }
    }

    /** Notes that the task has processed all records below {@code next}. */
    void processed(TopicPartition partition, long next) {
        Source source = sources.get(partition);
        if (source == null) {
            return;
        }
        synchronized (source) {
            while (!source.polled.isEmpty() && source.polled.getFirst().last() < next) {
                source.polled.removeFirst();
            }
        }
    }

    /** Ends a task's ownership, unless another task has begun since. */
    void end(TopicPartition partition, Source begun) {
        sources.remove(partition, begun);
    }

    /**
     * The time of the oldest unprocessed record in this process, in Unix milliseconds; empty if there is none.
     */
    public OptionalLong oldestUnread(String topic) {
        OptionalLong oldest = OptionalLong.empty();
        for (Map.Entry<TopicPartition, Source> each : sources.entrySet()) {
            if (each.getKey().topic().equals(topic)) {
                synchronized (each.getValue()) {
                    Polled first = each.getValue().polled.peekFirst();
                    if (first != null && (oldest.isEmpty() || first.epochMillis() < oldest.getAsLong())) {
                        oldest = OptionalLong.of(first.epochMillis());
                    }
                }
            }
        }
        return oldest;
    }

    /**
     * Polls in place of the consumer, which must have {@code auto.offset.reset=none}.
     *
     * @param atMost bounded by the thread's {@link PollTiming}
     * @param poll the consumer's own
     */
    ConsumerRecords<byte[], byte[]> poll(
            Consumer<byte[], byte[]> consumer,
            Duration atMost,
            Function<Duration, ConsumerRecords<byte[], byte[]>> poll) {
        consumer.assignment().forEach(partition -> seekWhereWanted(consumer, partition));
        try {
            ConsumerRecords<byte[], byte[]> records =
                    poll.apply(PollTiming.ofThisThread().beforePoll(atMost));
            records.partitions().forEach(partition -> polled(partition, records.records(partition)));
            return records;
        } catch (NoOffsetForPartitionException forgotten) {
            forgotten.partitions().forEach(partition -> withoutOffset(consumer, partition));
        } catch (OffsetOutOfRangeException gone) {
            outOfRange(consumer, gone.offsetOutOfRangePartitions());
        }
        return ConsumerRecords.empty();
    }

    private void seekWhereWanted(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        Source source = source(partition);
        synchronized (source) {
            if (source.wantsEarliest) {
                consumer.seekToBeginning(Set.of(partition));
                source.wantsEarliest = false;
                source.lacksOffset = false;
            } else if (source.lacksOffset && source.own >= 0) {
                LOG.warn(
                        "event=resumed_from_own_position partition={} offset={} why=\"Kafka has forgotten the group's"
                                + " offset\"",
                        partition,
                        source.own);
                consumer.seek(partition, source.own);
                source.lacksOffset = false;
            }
        }
    }

    private void polled(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        Source source = source(partition);
        synchronized (source) {
            source.polled.addLast(new Polled(
                    records.get(records.size() - 1).offset(),
                    records.get(0).timestamp() < 0
                            ? System.currentTimeMillis()
                            : records.get(0).timestamp()));
        }
    }

    /** Begins at the earliest record; the task's stored position may change this after it is restored. */
    private void withoutOffset(Consumer<byte[], byte[]> consumer, TopicPartition partition) {
        LOG.info("event=begins_at_earliest partition={} why=\"the group has no offset\"", partition);
        consumer.seekToBeginning(Set.of(partition));
        Source source = source(partition);
        synchronized (source) {
            source.lacksOffset = true;
        }
    }

    private void outOfRange(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> positions) {
        Map<TopicPartition, Long> first;
        try {
            first = consumer.beginningOffsets(positions.keySet(), ANSWER_WITHIN);
        } catch (TimeoutException slow) {
            // The next poll tries again.
            LOG.warn("event=first_offsets_unknown partitions={} why={}", positions.keySet(), VisibleText.logged(slow));
            return;
        }
        positions.forEach((partition, position) -> {
            long begin = first.getOrDefault(partition, 0L);
            consumer.seek(partition, begin);
            if (begin <= position) {
                LOG.error(
                        "event=log_cut partition={} position={} first={} why=\"the log ends before the"
                                + " position, as after an"
                                + " unclean leader election; admission begins at the earliest record,"
                                + " and admitted ids are"
                                + " known\"",
                        partition,
                        position,
                        begin);
                return;
            }
            expired(partition, position, begin);
        });
    }

    /** Counts expired records, except those below our own position, which were counted before. */
    private void expired(TopicPartition partition, long position, long first) {
        Source source = source(partition);
        synchronized (source) {
            long from = Math.max(position, source.own);
            if (from >= first) {
                LOG.info("event=begins_at_first partition={} first={}", partition, first);
                return;
            }
            LOG.error(
                    "event=expired_unread partition={} up_to={} from={} first={} why=\"Kafka deleted records before"
                            + " admission read them; see docs/runbook.md, Events expired unread\"",
                    partition,
                    first - from,
                    from,
                    first);
            source.expired += first - from;
            source.expiredTo = first;
        }
    }

    private Source source(TopicPartition partition) {
        return sources.computeIfAbsent(partition, any -> new Source());
    }

    /**
     * How long Kafka still keeps the oldest record that admission has not processed.
     *
     * @param kept the topic's retention; empty if unlimited or unknown
     * @param oldestMillis when the oldest was written, in Unix milliseconds; empty if none waits
     * @return negative if it may be gone; +Inf if none waits or none is ever deleted
     */
    public static double retentionLeftSeconds(Optional<Duration> kept, OptionalLong oldestMillis, long nowMillis) {
        return kept.isEmpty() || oldestMillis.isEmpty()
                ? Double.POSITIVE_INFINITY
                : (kept.get().toMillis() - (nowMillis - oldestMillis.getAsLong())) / 1000.0;
    }

    /**
     * How long ago the oldest record that admission has not processed was written, in seconds.
     *
     * @param oldestMillis in Unix milliseconds; empty if none waits
     * @return 0 if none waits
     */
    public static double ageSeconds(OptionalLong oldestMillis, long nowMillis) {
        return oldestMillis.isEmpty() ? 0 : Math.max(0, nowMillis - oldestMillis.getAsLong()) / 1000.0;
    }
}

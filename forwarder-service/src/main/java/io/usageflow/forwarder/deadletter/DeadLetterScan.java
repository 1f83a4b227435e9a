package io.usageflow.forwarder.deadletter;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.RecordLookup;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads the dead letters that a filter matches, one at a time and with the newest answer to each, in bounded memory. If
 * all matches are in one account's partition, only that partition is read; if the filter has a start time, only from
 * there. Thread-safe: each reading has clients of its own.
 */
public final class DeadLetterScan {
    private final Settings settings;
    private final LongSupplier nanoClock;
    private final String topic;

    public DeadLetterScan(Settings settings) {
        this(settings, System::nanoTime);
    }

    /** @param nanoClock bounds readings in time */
    public DeadLetterScan(Settings settings, LongSupplier nanoClock) {
        this.settings = settings;
        this.nanoClock = nanoClock;
        this.topic = settings.topics().names().deadLetters();
    }

    public interface Visitor {
        /** Returns whether the reading continues. */
        boolean visit(StoredDeadLetter stored);

        /**
         * A record was read that the filter does not match; there may be millions of them in a row.
         *
         * @return whether the reading continues
         */
        default boolean passed() {
            return true;
        }
    }

    /**
     * Counts of a reading.
     *
     * @param read all records
     * @param matched by the filter, by state; those in other states than the filter's were not passed to the visitor
     * @param unreadable records that are no dead letters, and dead letters whose answer cannot be read
     * @param unreadableNamed places of the first of them, and why they cannot be read
     * @param expired dead letters, at most, that retention deleted, answered or not
     */
    public record Summary(
            long read,
            Map<DeadLetterState, Long> matched,
            long unreadable,
            List<String> unreadableNamed,
            long expired) {
        public Summary {
            matched = Collections.unmodifiableMap(new EnumMap<>(matched));
            unreadableNamed = List.copyOf(unreadableNamed);
        }

        /** Matched by the filter, in that state. */
        public long matched(DeadLetterState state) {
            return matched.getOrDefault(state, 0L);
        }

        /** Matched by the filter, whatever their state. */
        public long matchedInAll() {
            return matched.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * Reads to the current end of the topic, or until the visitor has enough.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka refuses, does not answer, or has no such topic
     * @throws io.usageflow.schema.registry.RegistryUnavailableException while the registry is away
     */
    public Summary run(DeadLetterFilter filter, DeadLetterMarks marks, Visitor visitor) {
        var reader = new TopicReader(settings.kafka().client());
        TopicReader.Part part = part(filter, reader);
        try (var decoder = new OwnTopicDecoder<>(settings.registry().serde(), DeadLetter.class)) {
            var reading = new Reading(filter, marks, visitor, decoder);
            reader.read(topic, part, TopicReader.AS_LONG_AS_IT_GOES_ON, reading);
            return reading.summary(reader.expired(topic));
        }
    }

    /**
     * A reading from the end.
     *
     * @param left offsets that were not read; about as many records
     */
    public record Newest(Summary summary, long left) {}

    /**
     * As {@link #run}, but the newest first, in steps: {@link TopicReader#readNewestFirst}.
     *
     * @param atMost begins with the first record, so that a slow connection does not use it up
     * @param visitor takes those that match and returns whether the reading continues
     */
    public Newest newestFirst(
            DeadLetterFilter filter, DeadLetterMarks marks, Duration atMost, Predicate<StoredDeadLetter> visitor) {
        var reader = new TopicReader(settings.kafka().client());
        TopicReader.Part part = part(filter, reader);
        try (var decoder = new OwnTopicDecoder<>(settings.registry().serde(), DeadLetter.class)) {
            var reading = new Reading(filter, marks, new Timed(visitor, nanoClock, atMost), decoder);
            TopicReader.Unread unread = reader.readNewestFirst(topic, part, reading);
            return new Newest(reading.summary(unread.expired()), unread.left());
        }
    }

    /** The dead letter at a place of the topic; empty if there is none any longer. */
    public Optional<StoredDeadLetter> at(int partition, long offset, DeadLetterMarks marks) {
        var found = new ArrayList<StoredDeadLetter>();
        try (var lookup = new RecordLookup(settings.kafka().client(), topic);
                var decoder = new OwnTopicDecoder<>(settings.registry().serde(), DeadLetter.class)) {
            if (offset < lookup.end(partition)) {
                lookup.at(partition, offset)
                        .ifPresent(new Reading(DeadLetterFilter.any(), marks, found::add, decoder)::visit);
            }
        }
        return found.stream().findFirst();
    }

    private static final class Timed implements Visitor {
        private final Predicate<StoredDeadLetter> visitor;
        private final LongSupplier nanoClock;
        private final Duration atMost;
        private @Nullable Long deadline;

        Timed(Predicate<StoredDeadLetter> visitor, LongSupplier nanoClock, Duration atMost) {
            this.visitor = visitor;
            this.nanoClock = nanoClock;
            this.atMost = atMost;
        }

        @Override
        public boolean visit(StoredDeadLetter stored) {
            return visitor.test(stored) && passed();
        }

        @Override
        public boolean passed() {
            long now = nanoClock.getAsLong();
            deadline = deadline == null ? Long.valueOf(now + atMost.toNanos()) : deadline;
            return now - deadline <= 0;
        }
    }

    private TopicReader.Part part(DeadLetterFilter filter, TopicReader reader) {
        OptionalInt partition = filter.partitionedBy()
                .map(account -> OptionalInt.of(AccountPartition.of(account, reader.partitionsOf(topic))))
                .orElseGet(OptionalInt::empty);
        return new TopicReader.Part(partition, filter.writtenSince());
    }

    static final class Reading implements TopicReader.Visitor {
        private final DeadLetterFilter filter;
        private final DeadLetterMarks marks;
        private final Visitor visitor;
        private final OwnTopicDecoder<DeadLetter> decoder;
        private final Map<DeadLetterState, Long> matched = new EnumMap<>(DeadLetterState.class);
        private final UnreadableRecords unreadable = new UnreadableRecords();
        private long read;

        Reading(DeadLetterFilter filter, DeadLetterMarks marks, Visitor visitor, OwnTopicDecoder<DeadLetter> decoder) {
            this.filter = filter;
            this.marks = marks;
            this.visitor = visitor;
            this.decoder = decoder;
        }

        @Override
        public boolean visit(ConsumerRecord<byte[], byte[]> record) {
            read++;
            Optional<StoredDeadLetter> meant = decoder.read(record, unreadable)
                    .map(letter -> new StoredDeadLetter(letter, record.partition(), record.offset(), Optional.empty()))
                    .filter(filter::matches)
                    .flatMap(unanswered -> answered(unanswered, record))
                    .filter(stored -> filter.admits(stored.state()));
            return meant.isPresent() ? visitor.visit(meant.get()) : visitor.passed();
        }

        /**
         * Empty if the answer cannot be read: the dead letter may have been replayed, so it must not be answered now.
         */
        private Optional<StoredDeadLetter> answered(
                StoredDeadLetter unanswered, ConsumerRecord<byte[], byte[]> record) {
            try {
                var stored = new StoredDeadLetter(
                        unanswered.letter(),
                        unanswered.partition(),
                        unanswered.offset(),
                        marks.of(unanswered.letter()));
                matched.merge(stored.state(), 1L, Long::sum);
                return Optional.of(stored);
            } catch (SchemaLostException lost) {
                unreadable.accept(
                        record,
                        "dead letter " + unanswered.letter().getId() + " was answered, and the answer cannot be read: "
                                + lost.getMessage());
                return Optional.empty();
            }
        }

        Summary summary(long expired) {
            return new Summary(read, matched, unreadable.count(), unreadable.named(), expired);
        }
    }
}

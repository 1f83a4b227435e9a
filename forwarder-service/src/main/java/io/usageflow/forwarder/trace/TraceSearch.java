package io.usageflow.forwarder.trace;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.reconcile.RemedyIds;
import io.usageflow.forwarder.trace.FoundRecords.FoundRecord;
import io.usageflow.forwarder.trace.Trace.RecordRef;
import io.usageflow.forwarder.trace.Trace.TopicStart;
import io.usageflow.forwarder.trace.Tracer.TraceRequest;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * The records of one id in all topics. First those that know the id at Credyt too, since that may be what was asked
 * for; then, by the event's own id, the others. Not thread-safe.
 */
final class TraceSearch {
    private static final String UNKNOWN_ACCOUNT = "(unknown account)";

    /** Behind the name of a topic that another one of that name has replaced. */
    static final String EARLIER = " (before it was made again)";

    private final Settings settings;
    private final TraceRequest request;
    private final Consumer<String> progress;
    private final Topics topics;
    private final TopicScan scan;
    private final Set<String> ids = new HashSet<>();
    private final Map<EventKey, FoundRecords> found = new TreeMap<>();
    private final Map<String, LogId> logs = new HashMap<>();
    private long unreadable;

    /** Whose event. */
    record EventKey(String account, String eventId) implements Comparable<EventKey> {
        @Override
        public int compareTo(EventKey other) {
            int byAccount = account.compareTo(other.account);
            return byAccount != 0 ? byAccount : eventId.compareTo(other.eventId);
        }
    }

    TraceSearch(Settings settings, TraceRequest request, Consumer<String> progress) {
        this.settings = settings;
        this.request = request;
        this.progress = progress;
        topics = settings.topics().names();
        scan = new TopicScan(settings.kafka().client(), request.account(), request.since());
        ids.add(request.eventId());
        ids.add(request.eventId().toLowerCase(Locale.ROOT));
    }

    Map<EventKey, FoundRecords> found() {
        return found;
    }

    /** Records that hold the id and cannot be read. */
    long unreadable() {
        return unreadable;
    }

    /** Where each topic of events begins, in the order of an event's path. */
    List<TopicStart> read() {
        TopicStart deliverable = read(
                topics.deliverable(),
                DeliverableEvent.class,
                event -> mine(event.getAccountId(), event.getEventId(), event.getCredytEventId()),
                records -> records.deliverables);
        TopicStart receipts = read(
                topics.receipts(),
                Receipt.class,
                receipt -> mine(receipt.getAccountId(), receipt.getEventId(), receipt.getCredytEventId()),
                records -> records.receipts);
        found.keySet().forEach(who -> ids.add(who.eventId()));
        TopicStart events = read(
                topics.events(),
                UsageEvent.class,
                event -> mine(event.getAccountId(), event.getId(), ""),
                records -> records.published);
        TopicStart replays = read(
                topics.replays(),
                UsageEvent.class,
                event -> mine(event.getAccountId(), event.getId(), ""),
                records -> records.replays);
        TopicStart deadLetters =
                read(topics.deadLetters(), DeadLetter.class, this::ofLetter, records -> records.deadLetters);
        marks();
        return List.of(events, replays, deliverable, receipts, deadLetters);
    }

    private Optional<EventKey> mine(String account, String eventId, String credytId) {
        // What was learned from Credyt's id is one account's: another's event of the same id was not asked for.
        boolean asked = eventId.equals(request.eventId())
                || eventId.equals(request.eventId().toLowerCase(Locale.ROOT))
                || credytId.equalsIgnoreCase(request.eventId())
                || found.containsKey(new EventKey(account, eventId));
        return asked && request.account().map(account::equals).orElse(true)
                ? Optional.of(new EventKey(account, eventId))
                : Optional.empty();
    }

    /** An undecodable event has no id; the only evidence is the text in its bytes. */
    private Optional<EventKey> ofLetter(DeadLetter letter) {
        String account = Objects.requireNonNullElse(letter.getAccountId(), UNKNOWN_ACCOUNT);
        String id = letter.getEventId();
        return id == null
                ? Optional.of(new EventKey(account, request.eventId()))
                : mine(account, id, letter.getAttributes().getOrDefault("credyt_event_id", ""));
    }

    private <T extends SpecificRecord> TopicStart read(
            String topic,
            Class<T> type,
            Function<T, Optional<EventKey>> whose,
            Function<FoundRecords, List<FoundRecord<T>>> sort) {
        progress.accept("reading " + topic
                + request.account()
                        .map(account -> ", the partition of " + account)
                        .orElse(", all partitions"));
        try (Deserializer<T> deserializer = type == UsageEvent.class
                ? AvroSerdes.valueDeserializer(settings.registry().serde(), type)
                : AvroSerdes.ownValueDeserializer(settings.registry().serde(), type)) {
            return scan.read(topic, ids, record -> decoded(record, deserializer)
                    .ifPresent(value -> whose.apply(value).ifPresent(who -> {
                        tellApart(value);
                        FoundRecords records = found.computeIfAbsent(who, one -> new FoundRecords());
                        records.add(sort.apply(records), seen(record, value));
                    })));
        }
    }

    /** The same place in a topic that was made again is another record. */
    private void tellApart(SpecificRecord value) {
        SourceCoordinates source = value instanceof DeliverableEvent deliverable
                ? deliverable.getSource()
                : value instanceof Receipt receipt
                        ? receipt.getSource()
                        : value instanceof DeadLetter letter ? letter.getSource() : null;
        if (source != null && source.getTopicId() != null) {
            LogId now = logs.computeIfAbsent(source.getTopic(), this::log);
            if (now.differsFrom(new LogId("", source.getTopicId()))) {
                source.setTopic(source.getTopic() + EARLIER);
            }
        }
    }

    private LogId log(String topic) {
        try {
            return LogId.ask(settings.kafka().client(), topic);
        } catch (KafkaException untold) {
            // Then coordinates are taken as they stand; whether the topic is there, reading it says.
            return LogId.UNKNOWN;
        }
    }

    /** Admission makes dead letters of unreadable events and replays; those are found on their own. */
    private <T> Optional<T> decoded(ConsumerRecord<byte[], byte[]> record, Deserializer<T> deserializer) {
        try {
            return Optional.ofNullable(deserializer.deserialize(record.topic(), record.headers(), record.value()));
        } catch (SchemaLostException lost) {
            unreadable(record, lost);
        } catch (SerializationException undecodable) {
            if (RegistryAbsence.isCauseOf(undecodable)) {
                throw undecodable;
            }
            if (!record.topic().equals(topics.events()) && !record.topic().equals(topics.replays())) {
                unreadable(record, undecodable);
            }
        }
        return Optional.empty();
    }

    private void unreadable(ConsumerRecord<byte[], byte[]> record, KafkaException why) {
        unreadable++;
        progress.accept(record.topic() + " partition " + record.partition() + " offset " + record.offset()
                + " holds the id and cannot be read: " + why.getMessage());
    }

    private static <T> FoundRecord<T> seen(ConsumerRecord<byte[], byte[]> record, T value) {
        return new FoundRecord<>(
                value,
                new RecordRef(record.topic(), record.partition(), record.offset()),
                Instant.ofEpochMilli(record.timestamp()),
                header(record, EventHeaders.REPLAY_OF),
                header(record, EventHeaders.REROUTED_FROM));
    }

    private static Optional<String> header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), UTF_8));
    }

    /** Of the dead letters that were found, of what the replays say they are replays of, and of remedies. */
    private void marks() {
        Map<String, List<FoundRecords>> wanted = new TreeMap<>();
        found.values().forEach(records -> {
            var own = new HashSet<String>();
            records.deadLetters.forEach(each -> own.add(each.value().getId()));
            records.replays.forEach(each -> each.replayOf().ifPresent(own::add));
            records.deliverables.forEach(
                    each -> Optional.ofNullable(each.value().getReplayOf()).ifPresent(own::add));
            records.receipts.forEach(
                    each -> own.addAll(RemedyIds.marks(each.value().getCredytEventId())));
            own.forEach(
                    id -> wanted.computeIfAbsent(id, one -> new ArrayList<>()).add(records));
        });
        if (wanted.isEmpty()) {
            return;
        }
        progress.accept("reading " + topics.deadLetterMarks());
        TopicScan all = new TopicScan(settings.kafka().client(), Optional.empty(), Optional.empty());
        try (Deserializer<DeadLetterMark> deserializer =
                AvroSerdes.ownValueDeserializer(settings.registry().serde(), DeadLetterMark.class)) {
            all.read(topics.deadLetterMarks(), wanted.keySet(), record -> decoded(record, deserializer)
                    .ifPresent(mark -> wanted.getOrDefault(mark.getDeadLetterId(), List.of())
                            .forEach(records -> records.add(records.marks, seen(record, mark)))));
        }
    }
}

package io.usageflow.forwarder.delivery.intake;

import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.credyt.EventJsonReader;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.RecordCutter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Turns deliverable records into events that can be sent. One thread, and one instance for all sessions, since it reads
 * a schema that it has read before without the registry.
 *
 * <p>The JSON that Credyt receives is in the record, and is sent as it is, if it is an object with the event's id:
 * another writer's JSON would fail, or change, the request of other events. Only a record without JSON, such as of an
 * earlier version, has its event decoded here.
 */
public final class DeliverableReader {
    private final Deserializer<DeliverableEvent> deliverables;
    private final Deserializer<UsageEvent> events;
    private final LostSchemaWait lostSchemas = new LostSchemaWait();

    /** The result of reading a record: an event or a dead letter. */
    public sealed interface ReadResult {
        <R> R match(Function<PendingEvent, R> onReady, Function<Unreadable, R> onBroken);
    }

    public record Ready(PendingEvent event) implements ReadResult {
        @Override
        public <R> R match(Function<PendingEvent, R> onReady, Function<Unreadable, R> onBroken) {
            return onReady.apply(event);
        }
    }

    public record Unreadable(SourceRecord origin, DeadLetterDraft draft) implements ReadResult {
        @Override
        public <R> R match(Function<PendingEvent, R> onReady, Function<Unreadable, R> onBroken) {
            return onBroken.apply(this);
        }
    }

    /** Takes the settings of the deserializers, at least {@code schema.registry.url}. */
    public DeliverableReader(Map<String, ?> serde) {
        deliverables = AvroSerdes.ownValueDeserializer(serde, DeliverableEvent.class);
        events = AvroSerdes.ownValueDeserializer(serde, UsageEvent.class);
    }

    /**
     * Reads a record.
     *
     * @throws KafkaException if the registry is unavailable or has lost the event's schema ({@link RegistryAbsence});
     *     the record must be read again later
     */
    public ReadResult read(ConsumerRecord<byte[], byte[]> record, AssignedPartition partition, Instant now) {
        if (RecordCutter.isCut(record.headers())) {
            return broken(
                    record, partition.log(), "the deliverable record is larger than any that admission writes", now);
        }
        DeliverableEvent deliverable;
        try {
            deliverable = decode(deliverables, record, record.value(), "the deliverable record has no value");
        } catch (SchemaLostException notOurs) {
            // The forwarder has all schemas of its own records for this topic, so this record is not one of them.
            return broken(
                    record,
                    partition.log(),
                    "the deliverable record was not written by this version or an earlier one: " + notOurs.getMessage(),
                    now);
        } catch (SerializationException undecodable) {
            requireNoAbsence(undecodable);
            return broken(
                    record,
                    partition.log(),
                    "the deliverable record cannot be decoded: " + undecodable.getMessage(),
                    now);
        }
        SourceRecord origin = new SourceRecord(
                deliverable.getSource(), record.key(), Utils.toArray(deliverable.getEvent()), record.headers());
        if (deliverable.getJson() == null) {
            return written(record, deliverable, origin, partition, now);
        }
        byte[] json = Utils.toArray(deliverable.getJson());
        Optional<String> flaw = EventJsonReader.flaw(json, deliverable.getCredytEventId());
        return flaw.isEmpty()
                ? new Ready(new PendingEvent(partition, record, deliverable, origin, json))
                : broken(
                        deliverable,
                        origin,
                        "the JSON in the deliverable record is not the event's: " + flaw.get()
                                + "; a replay writes it again",
                        now);
    }

    /** The event of a record without JSON. */
    private ReadResult written(
            ConsumerRecord<byte[], byte[]> record,
            DeliverableEvent deliverable,
            SourceRecord origin,
            AssignedPartition partition,
            Instant now) {
        try {
            UsageEvent event = decode(events, record, origin.value(), "the value is empty");
            byte[] json = EventJson.event(deliverable, event);
            return new Ready(new PendingEvent(partition, record, deliverable, origin, json));
        } catch (SchemaLostException lost) {
            if (!lostSchemas.isOver(partition.partition(), now)) {
                throw lost;
            }
            return broken(
                    deliverable, origin, "waited " + LostSchemaWait.MAX.toHours() + " h: " + lost.getMessage(), now);
        } catch (SerializationException | IllegalArgumentException unsayable) {
            requireNoAbsence(unsayable);
            return broken(deliverable, origin, "the event cannot be written as JSON: " + unsayable.getMessage(), now);
        }
    }

    private static <T> T decode(
            Deserializer<T> deserializer,
            ConsumerRecord<byte[], byte[]> record,
            byte @Nullable [] value,
            String otherwise) {
        T decoded = value == null ? null : deserializer.deserialize(record.topic(), record.headers(), value);
        if (decoded == null) {
            throw new SerializationException(otherwise);
        }
        return decoded;
    }

    private static ReadResult broken(DeliverableEvent deliverable, SourceRecord origin, String detail, Instant now) {
        return new Unreadable(
                origin, draft(origin, detail, now).about(deliverable.getEventId(), deliverable.getAccountId(), null));
    }

    /** Rethrows an unavailable registry, which a custom deserializer may wrap in the same exception as bad bytes. */
    private static void requireNoAbsence(RuntimeException failure) {
        if (RegistryAbsence.isCauseOf(failure)) {
            throw failure;
        }
    }

    private static ReadResult broken(ConsumerRecord<byte[], byte[]> record, LogId log, String detail, Instant now) {
        // The source of an unreadable record is the deliverable record itself.
        var source = new SourceCoordinates(
                record.topic(),
                record.partition(),
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                log.topicOrNull());
        var origin = new SourceRecord(
                source, record.key(), record.value(), record.headers(), RecordCutter.takeReference(record.headers()));
        return new Unreadable(origin, draft(origin, detail, now));
    }

    private static DeadLetterDraft draft(SourceRecord origin, String detail, Instant now) {
        return DeadLetterDraft.of(origin, DeadLetterStage.DELIVERY, DeadLetterReason.UNDELIVERABLE, detail, now);
    }

    /**
     * Bounds how long a partition waits for lost schemas, which gives an operator the time to restore the registry. The
     * wait ends so that a record cannot block a partition for ever; dead letters are kept longer than waiting events.
     * One thread.
     */
    public static final class LostSchemaWait {
        public static final Duration MAX = Duration.ofHours(1);

        private final Map<TopicPartition, Span> spans = new HashMap<>();

        private record Span(Instant since, Instant last) {}

        /**
         * Notes a record with a lost schema, and returns whether the wait is over. All such records of a partition
         * share one wait, which begins again after an hour without any.
         */
        public boolean isOver(TopicPartition partition, Instant now) {
            Span span = spans.compute(
                    partition,
                    (key, before) -> before == null || isLonger(before.last, now)
                            ? new Span(now, now)
                            : new Span(before.since, now));
            return isLonger(span.since, now);
        }

        private static boolean isLonger(Instant from, Instant until) {
            return Duration.between(from, until).compareTo(MAX) > 0;
        }
    }
}

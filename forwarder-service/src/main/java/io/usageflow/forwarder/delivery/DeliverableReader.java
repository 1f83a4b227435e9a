package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.Origin;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/** Deliverable records as events ready to be sent. One thread. */
final class DeliverableReader {
    private final Deserializer<DeliverableEvent> deliverables;
    private final Deserializer<UsageEvent> events;

    /** A record, read. Sealed: what is not ready is broken, and gets a dead letter. */
    sealed interface Read {
        <R> R match(Function<PendingEvent, R> onReady, Function<Broken, R> onBroken);
    }

    record Ready(PendingEvent event) implements Read {
        @Override
        public <R> R match(Function<PendingEvent, R> onReady, Function<Broken, R> onBroken) {
            return onReady.apply(event);
        }
    }

    record Broken(Origin origin, DeadLetterDraft draft) implements Read {
        @Override
        public <R> R match(Function<PendingEvent, R> onReady, Function<Broken, R> onBroken) {
            return onBroken.apply(this);
        }
    }

    DeliverableReader(Map<String, ?> serde) {
        deliverables = AvroSerdes.valueDeserializer(serde, DeliverableEvent.class);
        events = AvroSerdes.valueDeserializer(serde, UsageEvent.class);
    }

    /**
     * @throws io.usageflow.schema.registry.RegistryUnavailableException while the registry is away: nothing is wrong with
     *     the record, it has to be read again later
     */
    Read read(ConsumerRecord<byte[], byte[]> record, AssignedPartition partition, Instant now) {
        DeliverableEvent deliverable;
        try {
            deliverable = record.value() == null ? null : decode(deliverables, record);
        } catch (SerializationException undecodable) {
            return broken(raw(record), "the deliverable record cannot be decoded: " + undecodable.getMessage(), now);
        }
        if (deliverable == null) {
            return broken(raw(record), "the deliverable record has no value", now);
        }
        byte[] published = bytes(deliverable.getEvent());
        var origin = new Origin(deliverable.getSource(), record.key(), published, record.headers());
        try {
            UsageEvent event = decode(events, record.topic(), record.headers(), published);
            return new Ready(new PendingEvent(
                    partition,
                    record.offset(),
                    identity(deliverable, event),
                    origin,
                    EventJson.event(deliverable, event),
                    record.timestamp()));
        } catch (SerializationException | IllegalArgumentException unsayable) {
            DeadLetterDraft draft = DeadLetterDraft.of(
                            origin,
                            DeadLetterStage.DELIVERY,
                            DeadLetterReason.UNDELIVERABLE,
                            "the event cannot be written as JSON: " + unsayable.getMessage(),
                            now)
                    .about(deliverable.getEventId(), deliverable.getAccountId(), null);
            return new Broken(origin, draft);
        }
    }

    private static PendingEvent.Identity identity(DeliverableEvent deliverable, UsageEvent event) {
        return new PendingEvent.Identity(
                deliverable.getEventId(),
                deliverable.getAccountId(),
                event.getEventType(),
                deliverable.getCredytEventId(),
                Customer.of(deliverable.getCustomer()));
    }

    private static Read broken(Origin origin, String detail, Instant now) {
        return new Broken(
                origin,
                DeadLetterDraft.of(origin, DeadLetterStage.DELIVERY, DeadLetterReason.UNDELIVERABLE, detail, now));
    }

    /** Of a record that does not say where its event came from: the deliverable record itself is the source. */
    private static Origin raw(ConsumerRecord<byte[], byte[]> record) {
        var source = new SourceCoordinates(
                record.topic(), record.partition(), record.offset(), Instant.ofEpochMilli(record.timestamp()));
        return new Origin(source, record.key(), record.value(), record.headers());
    }

    private static <T> T decode(Deserializer<T> deserializer, ConsumerRecord<byte[], byte[]> record) {
        return decode(deserializer, record.topic(), record.headers(), record.value());
    }

    private static <T> T decode(Deserializer<T> deserializer, String topic, Headers headers, byte[] value) {
        T decoded = deserializer.deserialize(topic, headers, value);
        if (decoded == null) {
            throw new SerializationException("the value is empty");
        }
        return decoded;
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}

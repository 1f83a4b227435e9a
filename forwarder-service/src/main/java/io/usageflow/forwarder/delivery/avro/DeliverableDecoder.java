package io.usageflow.forwarder.delivery.avro;

import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.RecordCutter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes deliverable records. Reader and writer share one instance, so a record that was read once can be decoded
 * again without the registry. One thread.
 */
public final class DeliverableDecoder {
    private final Deserializer<DeliverableEvent> deliverables;
    private final Deserializer<UsageEvent> events;

    /**
     * A decoded record, without its event.
     *
     * @param origin the published record
     */
    public record Unpacked(DeliverableEvent deliverable, SourceRecord origin) {}

    public DeliverableDecoder(Map<String, ?> serde) {
        deliverables = AvroSerdes.ownValueDeserializer(serde, DeliverableEvent.class);
        events = AvroSerdes.ownValueDeserializer(serde, UsageEvent.class);
    }

    /** Whether the value has exactly our own schema. */
    public boolean isPlain(byte[] value) {
        return AvroSerdes.isPlain(deliverables, value, 0, value.length);
    }

    /** Whether the published value at {@code from} has exactly our own schema. */
    public boolean isEventPlain(byte[] value, int from) {
        return AvroSerdes.isPlain(events, value, from, value.length);
    }

    /**
     * Decodes a record.
     *
     * @throws SerializationException if it cannot be decoded
     * @throws io.usageflow.schema.registry.RegistryUnavailableException if the registry is unavailable
     */
    public Unpacked unpack(ConsumerRecord<byte[], byte[]> record) {
        DeliverableEvent deliverable = decode(
                deliverables, record.topic(), record.headers(), record.value(), "the deliverable record has no value");
        ByteBuffer event = deliverable.getEvent();
        byte[] published = new byte[event.remaining()];
        event.duplicate().get(published);
        return new Unpacked(
                deliverable, new SourceRecord(deliverable.getSource(), record.key(), published, record.headers()));
    }

    /** Decodes the event; throws like {@link #unpack}. */
    public UsageEvent event(ConsumerRecord<byte[], byte[]> record, Unpacked unpacked) {
        return decode(
                events, record.topic(), record.headers(), unpacked.origin().value(), "the value is empty");
    }

    /** The source of an unreadable record: the deliverable record itself. */
    public static SourceRecord raw(ConsumerRecord<byte[], byte[]> record, LogId log) {
        var source = new SourceCoordinates(
                record.topic(),
                record.partition(),
                record.offset(),
                Instant.ofEpochMilli(record.timestamp()),
                log.topicOrNull());
        return new SourceRecord(
                source, record.key(), record.value(), record.headers(), RecordCutter.takeReference(record.headers()));
    }

    private static <T> T decode(
            Deserializer<T> deserializer, String topic, Headers headers, byte @Nullable [] value, String otherwise) {
        T decoded = value == null ? null : deserializer.deserialize(topic, headers, value);
        if (decoded == null) {
            throw new SerializationException(otherwise);
        }
        return decoded;
    }
}

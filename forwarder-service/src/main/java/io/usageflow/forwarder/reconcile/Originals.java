package io.usageflow.forwarder.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.credyt.lookup.Reading;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.LogIds;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Finds what was sent by the coordinates in the receipts. Receipts of a partition stand in the order of their deliverable
 * records, so this mostly reads straight on. Not thread-safe; close it.
 */
final class Originals implements AutoCloseable {
    /** Nearer than this it is cheaper to read on than to ask the broker anew. */
    private static final long READ_ON_MAX = 10_000;

    private final String topic;
    private final PartitionReader reader;
    private final Map<TopicPartition, Long> ends;
    private final LogId log;
    private final Deserializer<DeliverableEvent> deliverables;
    private final Deserializer<UsageEvent> events;
    private int partition = -1;
    private long position;

    Originals(Settings settings) {
        topic = settings.topics().names().deliverable();
        deliverables = AvroSerdes.ownValueDeserializer(settings.registry().serde(), DeliverableEvent.class);
        events = AvroSerdes.ownValueDeserializer(settings.registry().serde(), UsageEvent.class);
        reader = new PartitionReader(settings.kafka().client(), topic);
        ends = reader.ends();
        log = LogIds.of(settings.kafka().client(), topic);
    }

    /** In the order in which it is cheapest to look for them. */
    static List<Subject> inOrder(List<Subject> subjects) {
        return subjects.stream()
                .sorted(Comparator.comparingInt(
                                (Subject subject) -> subject.deliverable().partition())
                        .thenComparingLong(subject -> subject.deliverable().offset()))
                .toList();
    }

    /** With its original where it can be had. */
    Case find(Subject subject) {
        Subject.Place place = subject.deliverable();
        long end = ends.getOrDefault(new TopicPartition(topic, place.partition()), 0L);
        if (!isWithin(place, end) || log.differsFrom(new LogId("", place.topicId()))) {
            return Case.without(
                    subject, "the receipt names a place that " + topic + " does not have: the topic was made again");
        }
        if (place.partition() != partition || place.offset() < position || place.offset() - position > READ_ON_MAX) {
            reader.seek(place.partition(), place.offset());
            partition = place.partition();
        }
        position = place.offset();
        Optional<ConsumerRecord<byte[], byte[]>> record = reader.next(place.offset() + 1);
        while (record.isPresent() && record.get().offset() < place.offset()) {
            record = reader.next(place.offset() + 1);
        }
        if (record.isEmpty()) {
            return Case.without(subject, "what was sent has expired in " + topic);
        }
        position = place.offset() + 1;
        return read(subject, record.get());
    }

    /** A receipt that is not ours may name any place; Kafka's client refuses some of them. */
    static boolean isWithin(Subject.Place place, long end) {
        return place.partition() >= 0 && place.offset() >= 0 && place.offset() < end;
    }

    private Case read(Subject subject, ConsumerRecord<byte[], byte[]> record) {
        try {
            @Nullable DeliverableEvent deliverable = deliverables.deserialize(topic, record.headers(), record.value());
            if (deliverable == null) {
                return Case.without(subject, "what was sent cannot be read: the record has no value");
            }
            if (!deliverable.getCredytEventId().equals(subject.credytId())) {
                return Case.without(
                        subject, "another event stands where the receipt points: was " + topic + " made anew?");
            }
            byte[] published = bytes(deliverable.getEvent());
            UsageEvent event = events.deserialize(topic, record.headers(), published);
            return Case.of(
                    subject,
                    new Original(
                            Reading.EXACT.readTree(EventJson.event(deliverable, event)),
                            record.serializedValueSize(),
                            new Original.Published(record.key(), published, record.headers()),
                            Optional.ofNullable(deliverable.getReplayOf())));
        } catch (SerializationException
                | SchemaLostException
                | IllegalArgumentException
                | JsonProcessingException unreadable) {
            return Case.without(subject, "what was sent cannot be read: " + unreadable.getMessage());
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading JSON from memory failed", impossible);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        reader.close();
        deliverables.close();
        events.close();
    }
}

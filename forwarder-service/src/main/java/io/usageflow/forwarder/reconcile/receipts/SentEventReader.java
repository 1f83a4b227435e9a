package io.usageflow.forwarder.reconcile.receipts;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.RecordLookup;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.receipts.ReconcileItem.SentEvent;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Finds what was sent, by the coordinates in the receipts. Receipts have the order of their deliverable records, so
 * this usually reads sequentially. Not thread-safe; close it.
 */
public final class SentEventReader implements AutoCloseable {
    private final String topic;
    private final RecordLookup records;
    private final LogId log;
    private final Deserializer<DeliverableEvent> deliverables;
    private final Deserializer<UsageEvent> events;

    public SentEventReader(Settings settings) {
        topic = settings.topics().names().deliverable();
        deliverables = AvroSerdes.ownValueDeserializer(settings.registry().serde(), DeliverableEvent.class);
        events = AvroSerdes.ownValueDeserializer(settings.registry().serde(), UsageEvent.class);
        records = new RecordLookup(settings.kafka().client(), topic);
        log = LogId.ask(settings.kafka().client(), topic);
    }

    /** Returns the events in the order that is cheapest to read. */
    static List<EventRef> inOrder(List<EventRef> events) {
        return events.stream()
                .sorted(Comparator.comparingInt(
                                (EventRef event) -> event.deliverable().partition())
                        .thenComparingLong(event -> event.deliverable().offset()))
                .toList();
    }

    /** Returns the event with what was sent, if available. */
    public ReconcileItem find(EventRef event) {
        EventRef.Position place = event.deliverable();
        if (!isWithin(place, records.end(place.partition())) || log.differsFrom(new LogId("", place.topicId()))) {
            return ReconcileItem.without(
                    event, "the receipt names a place that " + topic + " does not have: the topic was made again");
        }
        return records.at(place.partition(), place.offset())
                .map(record -> read(event, record))
                .orElseGet(() -> ReconcileItem.without(event, "what was sent has expired in " + topic));
    }

    /** A foreign receipt may name any place; Kafka's client refuses some. */
    static boolean isWithin(EventRef.Position place, long end) {
        return place.partition() >= 0 && place.offset() >= 0 && place.offset() < end;
    }

    private ReconcileItem read(EventRef event, ConsumerRecord<byte[], byte[]> record) {
        try {
            @Nullable DeliverableEvent deliverable = deliverables.deserialize(topic, record.headers(), record.value());
            if (deliverable == null) {
                return ReconcileItem.without(event, "what was sent cannot be read: the record has no value");
            }
            if (!deliverable.getCredytEventId().equals(event.credytId())) {
                return ReconcileItem.without(
                        event, "another event stands where the receipt points: was " + topic + " made again?");
            }
            byte[] published = Utils.toArray(deliverable.getEvent());
            UsageEvent usage = events.deserialize(topic, record.headers(), published);
            return ReconcileItem.of(
                    event,
                    new SentEvent(
                            ParsedResponse.EXACT.readTree(EventJson.event(deliverable, usage)),
                            record.serializedValueSize(),
                            new SentEvent.Published(record.key(), published, record.headers()),
                            Optional.ofNullable(deliverable.getReplayOf())));
        } catch (SerializationException
                | SchemaLostException
                | IllegalArgumentException
                | JsonProcessingException unreadable) {
            return ReconcileItem.without(event, "what was sent cannot be read: " + unreadable.getMessage());
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading JSON from memory failed", impossible);
        }
    }

    @Override
    public void close() {
        records.close();
        deliverables.close();
        events.close();
    }
}

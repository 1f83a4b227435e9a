package io.usageflow.forwarder.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;

/** Valid by default. */
public final class Fixtures {
    public static final Map<String, String> SERDE =
            Map.of("schema.registry.url", "mock://delivery-fixtures", "auto.register.schemas", "true");

    private static final Serializer<UsageEvent> EVENTS = AvroSerdes.valueSerializer(SERDE);
    private static final Serializer<DeliverableEvent> WRITER = AvroSerdes.valueSerializer(SERDE);
    private static final Deserializer<DeliverableEvent> READER =
            AvroSerdes.valueDeserializer(SERDE, DeliverableEvent.class);

    private Fixtures() {}

    public static AssignedPartition partition(int number) {
        return new AssignedPartition(new TopicPartition("usage.deliverable", number), number + 1);
    }

    public static PendingEvent event(AssignedPartition partition, long offset, String customer, String credytId) {
        return event(partition, offset, customer, credytId, 100);
    }

    public static PendingEvent event(
            AssignedPartition partition, long offset, String customer, String credytId, int bytes) {
        return event(partition, record(partition.partition(), offset, customer, credytId), new byte[bytes]);
    }

    /** As {@link #event(AssignedPartition, long, String, String)}, but without encoding: for many. */
    public static PendingEvent plain(AssignedPartition partition, long offset, String customer, String credytId) {
        var deliverable = new DeliverableEvent();
        deliverable.setEventId(credytId);
        deliverable.setAccountId(customer);
        deliverable.setCredytEventId(credytId);
        deliverable.setCustomer(new Customer(true, customer).reference());
        byte[] key = customer.getBytes(UTF_8);
        var record = new ConsumerRecord<>(
                partition.partition().topic(), partition.partition().partition(), offset, key, new byte[0]);
        var source = new SourceCoordinates("usage.events", 0, offset, Instant.EPOCH, null);
        var origin = new SourceRecord(source, key, new byte[0], record.headers());
        return new PendingEvent(partition, record, deliverable, origin, new byte[100]);
    }

    /** Of a record of {@link #record}, with other JSON. */
    static PendingEvent event(AssignedPartition partition, ConsumerRecord<byte[], byte[]> record, byte[] json) {
        return event(partition, record, json, Instant.EPOCH);
    }

    /** @param published when Kafka appended the event */
    static PendingEvent event(
            AssignedPartition partition, ConsumerRecord<byte[], byte[]> record, byte[] json, Instant published) {
        DeliverableEvent deliverable = READER.deserialize("usage.deliverable", record.value());
        deliverable.getSource().setTimestamp(published);
        var origin = new SourceRecord(
                deliverable.getSource(), record.key(), Utils.toArray(deliverable.getEvent()), record.headers());
        return new PendingEvent(partition, record, deliverable, origin, json);
    }

    /** As admission writes it. */
    static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, String customer, String credytId) {
        return record(partition, offset, customer, credytId, true);
    }

    /** Without JSON as the first version of admission wrote it. */
    static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, String customer, String credytId, boolean hasJson) {
        return record(partition, offset, new Customer(true, customer), credytId, hasJson);
    }

    static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, Customer of, String credytId, boolean hasJson) {
        String customer = of.value();
        UsageEvent event = UsageEvent.newBuilder()
                .setId("event-" + offset)
                .setEventType("message_completed")
                .setOccurredAt(Instant.EPOCH)
                .setAccountId(customer)
                .setData(Map.of())
                .setCosts(List.of())
                .build();
        DeliverableEvent deliverable = DeliverableEvent.newBuilder()
                .setEventId("event-" + offset)
                .setAccountId(customer)
                .setCredytEventId(credytId)
                .setCustomer(of.reference())
                .setVendors(Map.of())
                .setSource(new SourceCoordinates("usage.events", 0, offset, Instant.EPOCH, null))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.wrap(EVENTS.serialize("usage.events", event)))
                .build();
        if (hasJson) {
            deliverable.setJson(ByteBuffer.wrap(EventJson.event(deliverable, event)));
        }
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                customer.getBytes(UTF_8),
                WRITER.serialize("usage.deliverable", deliverable));
    }
}

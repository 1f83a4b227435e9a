package io.usageflow.forwarder.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Valid by default. */
public final class Fixtures {
    public static final Map<String, String> SERDE =
            Map.of("schema.registry.url", "mock://delivery-fixtures", "auto.register.schemas", "true");

    private Fixtures() {}

    public static AssignedPartition partition(int number) {
        return new AssignedPartition(new TopicPartition("usage.deliverable", number), number + 1);
    }

    public static PendingEvent event(AssignedPartition partition, long offset, String customer, String credytId) {
        return event(partition, offset, customer, credytId, 100);
    }

    public static PendingEvent event(
            AssignedPartition partition, long offset, String customer, String credytId, int bytes) {
        return new PendingEvent(
                partition,
                record(partition.partition(), offset, customer, credytId),
                credytId,
                new Customer(true, customer),
                new byte[bytes]);
    }

    /** As admission writes it. */
    static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, String customer, String credytId) {
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
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, customer))
                .setVendors(Map.of())
                .setSource(new SourceCoordinates("usage.events", 0, offset, Instant.EPOCH, null))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.wrap(
                        AvroSerdes.<UsageEvent>valueSerializer(SERDE).serialize("usage.events", event)))
                .build();
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                customer.getBytes(UTF_8),
                AvroSerdes.<DeliverableEvent>valueSerializer(SERDE).serialize("usage.deliverable", deliverable));
    }
}

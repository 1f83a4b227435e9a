package io.usageflow.benchmarks.program;

import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;

/** Deliverable records as the body of a request, by the classes that delivery itself uses. Not thread-safe. */
final class RequestBodies {
    private final Deserializer<DeliverableEvent> deliverables;
    private final Deserializer<UsageEvent> events;

    RequestBodies(Map<String, ?> registry) {
        deliverables = AvroSerdes.valueDeserializer(registry, DeliverableEvent.class);
        events = AvroSerdes.valueDeserializer(registry, UsageEvent.class);
    }

    /** The customer of the request is that of the first record. */
    byte[] of(List<ConsumerRecord<byte[], byte[]>> records) {
        List<byte[]> jsons = new ArrayList<>(records.size());
        CredytReference customer = null;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            DeliverableEvent deliverable = deliverables.deserialize(record.topic(), record.headers(), record.value());
            ByteBuffer bytes = deliverable.getEvent();
            byte[] event = new byte[bytes.remaining()];
            bytes.duplicate().get(event);
            jsons.add(EventJson.event(deliverable, events.deserialize(record.topic(), record.headers(), event)));
            customer = customer == null ? deliverable.getCustomer() : customer;
        }
        if (customer == null) {
            throw new IllegalArgumentException("no records, no body");
        }
        return EventJson.body(customer.getKind() == ReferenceKind.EXTERNAL_ID, customer.getValue(), jsons);
    }
}

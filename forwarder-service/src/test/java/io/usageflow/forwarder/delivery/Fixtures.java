package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.deadletter.Origin;
import io.usageflow.schema.SourceCoordinates;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Valid by default. */
final class Fixtures {
    private Fixtures() {}

    static AssignedPartition partition(int number) {
        return new AssignedPartition(new TopicPartition("usage.deliverable", number), number + 1);
    }

    static PendingEvent event(AssignedPartition partition, long offset, String customer, String credytId) {
        return event(partition, offset, customer, credytId, 100);
    }

    static PendingEvent event(AssignedPartition partition, long offset, String customer, String credytId, int bytes) {
        var source = new SourceCoordinates("usage.events", 0, offset, Instant.EPOCH);
        var origin = new Origin(
                source, customer.getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3}, new RecordHeaders());
        var identity = new PendingEvent.Identity(
                "event-" + offset, customer, "message_completed", credytId, new Customer(true, customer));
        return new PendingEvent(partition, offset, identity, origin, new byte[bytes], 0);
    }
}

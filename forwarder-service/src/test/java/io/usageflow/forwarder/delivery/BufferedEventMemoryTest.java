package io.usageflow.forwarder.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.DeliverySettings.Batching;
import io.usageflow.forwarder.config.DeliverySettings.Order;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.delivery.intake.DeliverableReader;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.CustomerQueues;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What waiting events take on the heap, with their queues and offsets, compared with what the bounds of memory count. */
class BufferedEventMemoryTest {
    private static final int EVENTS = 10_000;

    /** What other tests of this JVM left behind may be collected in one round or the other. */
    private static final int ROUNDS = 5;

    private final Serializer<UsageEvent> events = AvroSerdes.valueSerializer(Fixtures.SERDE);
    private final Serializer<DeliverableEvent> deliverables = AvroSerdes.valueSerializer(Fixtures.SERDE);
    private final DeliverableReader reader = new DeliverableReader(Fixtures.SERDE);
    /** Were they collected in between, too little would be measured. */
    private final List<Waiting> kept = new ArrayList<>();

    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();

    /** In the second case each event has a customer of its own. */
    @ParameterizedTest
    @ValueSource(ints = {1_000, EVENTS})
    void shouldTakeNoMoreMemoryThanIsCounted(int customers, TestReporter reporter) {
        add(EVENTS, customers); // loads classes and caches schemas
        var grown = new ArrayList<Long>();
        long counted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            long before = used();
            Waiting waiting = add(EVENTS, customers);
            grown.add((used() - before) / EVENTS);
            counted = waiting.partition.outstandingBytes() / EVENTS;
        }
        long median = grown.stream().sorted().toList().get(ROUNDS / 2);

        reporter.publishEntry(Map.of("customers", "" + customers, "bytes", "" + grown, "counted", "" + counted));
        assertThat(median).as("of %s", grown).isBetween(counted / 2, counted * 11 / 10);
    }

    private record Waiting(AssignedPartition partition, CustomerQueues queues) {}

    private Waiting add(int count, int customers) {
        var waiting =
                new Waiting(Fixtures.partition(0), new CustomerQueues(new Batching(Order.CUSTOMER, 100, 200 * 1024)));
        kept.add(waiting);
        for (int i = 0; i < count; i++) {
            ConsumerRecord<byte[], byte[]> record = record(i, "customer-" + i % customers);
            var event = reader.read(record, waiting.partition, Instant.EPOCH).match(ready -> ready, unreadable -> {
                throw new AssertionError(unreadable.draft());
            });
            waiting.partition.received(event.offset(), event.bytes());
            waiting.queues.add(event);
        }
        return waiting;
    }

    private ConsumerRecord<byte[], byte[]> record(int number, String customer) {
        Deliverable made = Deliverable.event(customer, number);
        DeliverableEvent deliverable = DeliverableEvent.newBuilder()
                .setEventId(made.event().getId())
                .setAccountId(customer)
                .setCredytEventId(made.credytId())
                .setCustomer(new Customer(true, customer).reference())
                .setVendors(Map.of(made.vendor(), new Customer(true, made.vendor()).reference()))
                .setSource(new SourceCoordinates("usage.events", 0, (long) number, Instant.EPOCH, null))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.wrap(events.serialize("usage.events", made.event())))
                .build();
        deliverable.setJson(ByteBuffer.wrap(EventJson.event(deliverable, made.event())));
        return new ConsumerRecord<>(
                "usage.deliverable",
                0,
                number,
                customer.getBytes(UTF_8),
                deliverables.serialize("usage.deliverable", deliverable));
    }

    private long used() {
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}

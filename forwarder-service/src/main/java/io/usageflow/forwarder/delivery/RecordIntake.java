package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.delivery.DeliverySession.DeliveryContext;
import io.usageflow.forwarder.delivery.intake.Backpressure;
import io.usageflow.forwarder.delivery.intake.DeliverableReader;
import io.usageflow.forwarder.delivery.intake.FailureBudgetLoader;
import io.usageflow.forwarder.delivery.intake.StartOffsets;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.Assignments;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns polled records into waiting events, and decides which partitions are read. One thread. */
final class RecordIntake implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordIntake.class);
    private static final Duration REGISTRY_AGAIN = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final DeliverableReader reader;
    private final StartOffsets startOffsets;
    private final FailureBudgetLoader budgetLoader;
    private final Dispatcher dispatcher;
    private final Backpressure backpressure;
    private final DeliveryContext context;
    /** Partitions whose next record needs the unavailable registry, with the time to read it again. */
    private final Map<TopicPartition, Long> unreadableUntil = new HashMap<>();

    private String unreadableWhy = "";

    RecordIntake(
            Consumer<byte[], byte[]> consumer,
            StartOffsets startOffsets,
            FailureBudgetLoader budgetLoader,
            Dispatcher dispatcher,
            DeliveryContext context) {
        this.consumer = consumer;
        this.reader = context.reader();
        this.startOffsets = startOffsets;
        this.budgetLoader = budgetLoader;
        this.dispatcher = dispatcher;
        this.backpressure = new Backpressure(context.settings().buffer());
        this.context = context;
    }

    /** Holds new partitions until their start offset and their failing customers are known. */
    void assigned(Collection<TopicPartition> partitions) {
        partitions.forEach(backpressure::assigned);
        consumer.pause(backpressure.hold(partitions));
        startOffsets.assigned(partitions);
        budgetLoader.assigned(partitions);
    }

    void revoked(Collection<TopicPartition> partitions) {
        unreadableUntil.keySet().removeAll(partitions);
        startOffsets.revoked(partitions);
        budgetLoader.revoked(partitions);
    }

    void handOver(ConsumerRecords<byte[], byte[]> records, Assignments assignments) {
        Set<TopicPartition> unread = new HashSet<>();
        for (TopicPartition key : records.partitions()) {
            assignments.current(key).ifPresent(partition -> {
                if (!handOver(partition, records.records(key))) {
                    unread.add(key);
                }
            });
        }
        records.nextOffsets().forEach((key, next) -> {
            if (!unread.contains(key)) {
                assignments
                        .current(key)
                        .ifPresent(partition -> partition.ledger().position(next.offset()));
            }
        });
    }

    /**
     * Returns false if the registry is unavailable: the remaining records are read again later and do not count as
     * received.
     */
    private boolean handOver(AssignedPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        if (!records.isEmpty()) {
            partition.writtenAt(records.get(0).offset(), records.get(0).timestamp());
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
            DeliverableReader.ReadResult read;
            try {
                read = reader.read(record, partition, context.clock().now());
            } catch (KafkaException away) {
                if (!RegistryAbsence.isCauseOf(away)) {
                    throw away;
                }
                LOG.warn("event=registry_away partition={} why={}", partition, VisibleText.logged(away));
                consumer.seek(partition.partition(), record.offset());
                unreadableWhy = "partition " + partition.partition().partition() + ": " + away.getMessage();
                unreadableUntil.put(partition.partition(), context.clock().nanos() + REGISTRY_AGAIN.toNanos());
                return false;
            }
            read.match(
                    event -> {
                        partition.received(record.offset(), event.bytes());
                        dispatcher.add(event);
                        return true;
                    },
                    broken -> {
                        partition.received(record.offset(), 0);
                        partition.settle(record.offset(), 0, undeliverable(broken));
                        return true;
                    });
        }
        return true;
    }

    private SettledRecord undeliverable(DeliverableReader.Unreadable broken) {
        SettledRecord settled = context.records().undeliverable(broken.draft());
        context.meters().settled(settled.result());
        return settled;
    }

    /** With an outage deadline, reading continues in an outage, since overdue events become dead letters. */
    private boolean keepsReading() {
        return context.settings().stepAside().outageDeadline().isPresent()
                || context.destination().isHealthy();
    }

    /** Delegates to {@link StartOffsets#outOfRange}. */
    Set<TopicPartition> outOfRange(Map<TopicPartition, Long> positions, Assignments assignments) {
        return startOffsets.outOfRange(positions, assignments);
    }

    /** Delegates to {@link StartOffsets#cut}. */
    void cut(Set<TopicPartition> partitions) {
        startOffsets.cut(partitions);
    }

    /** Pauses full partitions and resumes those with room. */
    void balance(Collection<AssignedPartition> partitions) {
        startOffsets.requireSameLogs(partitions);
        startOffsets.read(partitions);
        budgetLoader.read();
        long now = context.clock().nanos();
        unreadableUntil.values().removeIf(until -> now - until >= 0);
        Set<TopicPartition> unreadable = new HashSet<>(unreadableUntil.keySet());
        unreadable.addAll(startOffsets.unknown());
        unreadable.addAll(budgetLoader.unread());
        Backpressure.PauseChange change = backpressure.balance(partitions, keepsReading(), unreadable);
        consumer.pause(change.pause());
        consumer.resume(change.resume());
    }

    /** Whether the partition is not read because events fill the memory. */
    boolean isFull(AssignedPartition partition) {
        return backpressure.isFull(partition);
    }

    /** Whether the partition is full of receipts that wait for an older event. */
    boolean isHeldUp(AssignedPartition partition) {
        return backpressure.isHeldUp(partition);
    }

    /** Why some partition's next record cannot be read: the registry is unavailable or has lost a schema. */
    Optional<String> whyUnreadable() {
        return unreadableUntil.isEmpty() ? Optional.empty() : Optional.of(unreadableWhy);
    }

    /** Whether some partition's start is still unknown. */
    boolean beginning() {
        return !budgetLoader.unread().isEmpty() || !startOffsets.unknown().isEmpty();
    }

    @Override
    public void close() {
        budgetLoader.close();
    }
}

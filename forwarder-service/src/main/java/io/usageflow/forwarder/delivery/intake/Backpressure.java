package io.usageflow.forwarder.delivery.intake;

import io.usageflow.forwarder.config.DeliverySettings.Buffer;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * Decides which partitions are paused: at the bound they are paused, at 70 % of the bound they are resumed. One poll
 * may exceed the bound.
 *
 * <p>The receipts of all partitions that wait for older events have a bound, too, {@code bytesMax}: beyond it, a
 * partition with more than its share is paused. So they take less than twice the bound, whatever the number of
 * partitions.
 */
public final class Backpressure {
    private static final double LOW = 0.7;

    private final Buffer bounds;
    private final Set<TopicPartition> paused = new HashSet<>();
    private boolean allPaused;
    private boolean allHeld;
    /** Of the bytes of waiting receipts, for each partition. */
    private long share;

    /** The partitions to pause and to resume; disjoint. */
    public record PauseChange(Set<TopicPartition> pause, Set<TopicPartition> resume) {}

    public Backpressure(Buffer bounds) {
        this.bounds = bounds;
    }

    /**
     * Updates the paused partitions.
     *
     * @param reading false in an outage: then each partition is read only until it has events for the probe and for the
     *     age of the oldest event
     * @param unreadable partitions whose next record cannot be read yet
     */
    public PauseChange balance(
            Collection<AssignedPartition> partitions, boolean reading, Set<TopicPartition> unreadable) {
        int outstanding = 0;
        long bytes = 0;
        long heldBytes = 0;
        for (AssignedPartition partition : partitions) {
            outstanding += partition.ledger().outstanding();
            bytes += partition.outstandingBytes();
            heldBytes += partition.heldBytes();
        }
        allHeld = full(allHeld, heldBytes, bounds.bytesMax());
        share = bounds.bytesMax() / Math.max(1, partitions.size());
        allPaused = full(allPaused, outstanding, bounds.recordsMax()) || full(allPaused, bytes, bounds.bytesMax());
        Set<TopicPartition> pause = new HashSet<>();
        Set<TopicPartition> resume = new HashSet<>();
        Set<TopicPartition> assigned = new HashSet<>();
        for (AssignedPartition partition : partitions) {
            TopicPartition key = partition.partition();
            assigned.add(key);
            boolean before = paused.contains(key);
            boolean enough = !reading && partition.ledger().outstanding() > 0;
            boolean stop = allPaused || enough || unreadable.contains(key) || isFull(partition, before);
            if (stop && paused.add(key)) {
                pause.add(key);
            } else if (!stop && paused.remove(key)) {
                resume.add(key);
            }
        }
        paused.retainAll(assigned);
        return new PauseChange(pause, resume);
    }

    /** Notes a new assignment, which the consumer does not pause. */
    public void assigned(TopicPartition partition) {
        paused.remove(partition);
    }

    /** Pauses partitions until {@link #balance} resumes them. */
    public Collection<TopicPartition> hold(Collection<TopicPartition> partitions) {
        paused.addAll(partitions);
        return partitions;
    }

    /** Whether the partition can hold no more receipts behind its oldest event. */
    public boolean isHeldUp(AssignedPartition partition) {
        return holdsTooMany(partition, false);
    }

    /** Whether the partition is paused because its events or those of all partitions fill the memory. */
    public boolean isFull(AssignedPartition partition) {
        return paused.contains(partition.partition()) && (allPaused || hasTooMany(partition, true));
    }

    private boolean isFull(AssignedPartition partition, boolean before) {
        return hasTooMany(partition, before) || holdsTooMany(partition, before);
    }

    private boolean holdsTooMany(AssignedPartition partition, boolean before) {
        return full(before, partition.ledger().held(), bounds.heldRecordsMax())
                || full(before, partition.heldBytes(), bounds.heldBytesMax())
                || (allHeld && full(before, partition.heldBytes(), share));
    }

    private boolean hasTooMany(AssignedPartition partition, boolean before) {
        return full(before, partition.ledger().outstanding(), bounds.partitionRecordsMax())
                || full(before, partition.outstandingBytes(), bounds.partitionBytesMax());
    }

    private static boolean full(boolean before, long now, long max) {
        return before ? now > max * LOW : now >= max;
    }
}

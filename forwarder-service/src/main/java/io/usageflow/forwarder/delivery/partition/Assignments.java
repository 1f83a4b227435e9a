package io.usageflow.forwarder.delivery.partition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/** The current partitions of this instance. One thread. */
public final class Assignments {
    /** Shared by all loops of the process, so that epochs are unique. */
    private static final AtomicLong EPOCHS = new AtomicLong();

    private final Map<TopicPartition, AssignedPartition> byPartition = new HashMap<>();

    public void begin(TopicPartition partition) {
        AssignedPartition before =
                byPartition.put(partition, new AssignedPartition(partition, EPOCHS.incrementAndGet()));
        if (before != null) {
            before.revoke();
        }
    }

    public Optional<AssignedPartition> current(TopicPartition partition) {
        return Optional.ofNullable(byPartition.get(partition));
    }

    public List<AssignedPartition> current(Collection<TopicPartition> partitions) {
        List<AssignedPartition> found = new ArrayList<>();
        partitions.forEach(partition -> current(partition).ifPresent(found::add));
        return found;
    }

    public Collection<AssignedPartition> all() {
        return List.copyOf(byPartition.values());
    }

    /** Ends the assignments; references to them are stale. */
    public void end(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            AssignedPartition ended = byPartition.remove(partition);
            if (ended != null) {
                ended.revoke();
            }
        }
    }
}

package io.usageflow.forwarder.delivery.partition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;

/** The partitions this instance has now. One thread. */
public final class Assignments {
    /** Over all loops of the process, so that no two assignments share an epoch. */
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

    /** Whatever still points to them is stale from now on. */
    public void end(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            AssignedPartition ended = byPartition.remove(partition);
            if (ended != null) {
                ended.revoke();
            }
        }
    }
}

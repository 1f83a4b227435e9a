package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings.Settling;
import io.usageflow.forwarder.delivery.FailingCustomers.Change;
import io.usageflow.forwarder.delivery.Settlement.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When what is settled is committed, and from which counters on it counts. One thread, the only one that writes offsets. */
final class Commits {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
    /** From so many events a second on, transactions are as far apart as they may be. */
    private static final int MANY_PER_SECOND = 2_000;

    private static final Duration AFTER_ABORT = Duration.ofSeconds(1);
    private static final Duration COMMITTED_WITHIN = Duration.ofSeconds(15);
    private static final int UNREADABLE_MAX = 2;

    private final Consumer<byte[], byte[]> consumer;
    private final Settlement settlement;
    private final FailingCustomers customers;
    private final Settling settings;
    private final LoopView view;

    private long dueNanos;
    private long committedNanos;
    private int unreadable;

    Commits(
            Consumer<byte[], byte[]> consumer,
            Settlement settlement,
            FailingCustomers customers,
            Settling settings,
            LoopView view) {
        this.consumer = consumer;
        this.settlement = settlement;
        this.customers = customers;
        this.settings = settings;
        this.view = view;
        this.dueNanos = view.nanos();
        this.committedNanos = dueNanos;
    }

    /** When the next transaction is due, should there be anything to commit. */
    long dueNanos() {
        return dueNanos;
    }

    boolean hasAny(Collection<AssignedPartition> partitions) {
        return customers.hasChanges()
                || partitions.stream().anyMatch(partition -> partition.ledger().hasProgress());
    }

    Duration revokeTimeout() {
        return settings.revokeTimeout();
    }

    /** One transaction for all partitions that have anything to commit. */
    void commit(Collection<AssignedPartition> partitions) {
        List<AssignedPartition> progressed = partitions.stream()
                .filter(partition -> partition.ledger().hasProgress())
                .filter(AssignedPartition::current)
                .toList();
        dueNanos = view.nanos() + settings.interval().toNanos();
        if ((progressed.isEmpty() && !customers.hasChanges()) || !countersKnown(progressed)) {
            return;
        }
        List<Step> steps = new ArrayList<>();
        progressed.forEach(partition -> steps.add(Step.of(partition, settings.recordsMax())));
        List<Change> changes = customers.takeChanges(view.nanos());
        boolean committed = settlement.commit(steps, changes, consumer.groupMetadata());
        view.settling(committed);
        if (!committed) {
            customers.notWritten(changes);
            dueNanos = view.nanos() + AFTER_ABORT.toNanos();
            return;
        }
        dueNanos = view.nanos() + pace(steps).toNanos();
        committedNanos = view.nanos();
        if (steps.stream().anyMatch(step -> step.run().outcomes().size() == settings.recordsMax())) {
            dueNanos = view.nanos();
        }
    }

    /** Counters are read before they are first added to: they travel with the committed offset. */
    private boolean countersKnown(List<AssignedPartition> partitions) {
        Map<TopicPartition, AssignedPartition> unknown = partitions.stream()
                .filter(partition -> !partition.countersKnown())
                .collect(Collectors.toMap(AssignedPartition::partition, partition -> partition));
        if (unknown.isEmpty()) {
            return true;
        }
        Optional<Map<TopicPartition, OffsetAndMetadata>> committed = committed(unknown.keySet());
        committed.ifPresent(offsets -> unknown.forEach((key, partition) -> {
            OffsetAndMetadata offset = offsets.get(key);
            if (offset == null) {
                LOG.info("event=begins_at_earliest partition={} why=\"the group has committed nothing here\"", key);
                partition.counters(CommittedCounters.NONE);
            } else {
                partition.counters(counters(key, offset));
                partition.ledger().startedAt(offset.offset());
            }
        }));
        return committed.isPresent();
    }

    private static CommittedCounters counters(TopicPartition partition, OffsetAndMetadata offset) {
        return CommittedCounters.parse(offset.metadata()).orElseGet(() -> {
            LOG.warn(
                    "event=counters_lost partition={} offset={} why=\"the committed offset was set by someone else: its"
                            + " counters begin at 0\"",
                    partition,
                    offset.offset());
            return CommittedCounters.NONE;
        });
    }

    private Optional<Map<TopicPartition, OffsetAndMetadata>> committed(Set<TopicPartition> partitions) {
        while (true) {
            try {
                Optional<Map<TopicPartition, OffsetAndMetadata>> read =
                        Optional.of(consumer.committed(partitions, COMMITTED_WITHIN));
                unreadable = 0;
                return read;
            } catch (WakeupException rungTooLate) {
                // The bell rang after poll had returned; it rings once a poll, so this ends.
            } catch (TimeoutException slow) {
                LOG.warn("event=counters_unreadable why=\"{}\"", slow.toString());
                if (++unreadable >= UNREADABLE_MAX) {
                    throw new LostProducerException("a transaction holds the group's offsets", false, slow);
                }
                return Optional.empty();
            }
        }
    }

    private Duration pace(List<Step> steps) {
        int events =
                steps.stream().mapToInt(step -> step.run().outcomes().size()).sum();
        double seconds = (view.nanos() - committedNanos) / 1e9;
        return events >= MANY_PER_SECOND * seconds ? settings.intervalMax() : settings.interval();
    }
}

package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.delivery.Settlement.Step;
import io.usageflow.schema.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Poll, hand over, settle, commit. One thread does all of it, and is the only writer of offsets; the HTTP client's threads
 * only ring {@link Bell}.
 */
final class DeliveryLoop implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoop.class);
    private static final Duration POLL_MAX = Duration.ofMillis(200);
    private static final Duration AFTER_ABORT = Duration.ofSeconds(1);
    private static final Duration REGISTRY_AGAIN = Duration.ofSeconds(1);
    private static final Duration SHOW_EVERY = Duration.ofMillis(100);
    private static final Duration COMMITTED_WITHIN = Duration.ofSeconds(15);

    private final Consumer<byte[], byte[]> consumer;
    private final DeliverableReader reader;
    private final Dispatcher dispatcher;
    private final Settlement settlement;
    private final DeliverySettings settings;
    private final LoopView view;

    private final Assignments assignments = new Assignments();
    private final Intake intake;
    /** Partitions whose next record needs the registry, which is away, and when to read it again. */
    private final Map<TopicPartition, Long> unreadableUntil = new HashMap<>();

    private long settleDueNanos;
    private long showDueNanos;
    private boolean finishing;
    private boolean abandoned;

    DeliveryLoop(
            Consumer<byte[], byte[]> consumer,
            DeliverableReader reader,
            Dispatcher dispatcher,
            Settlement settlement,
            DeliverySettings settings,
            LoopView view) {
        this.consumer = consumer;
        this.reader = reader;
        this.dispatcher = dispatcher;
        this.settlement = settlement;
        this.settings = settings;
        this.view = view;
        this.intake = new Intake(settings.buffer());
        this.settleDueNanos = view.nanos();
        this.showDueNanos = view.nanos();
    }

    /** Delivers until told to stop; whatever it throws, what is not committed will be read again by the next loop. */
    void run(String topic, BooleanSupplier stopping) {
        consumer.subscribe(List.of(topic), this);
        while (!stopping.getAsBoolean()) {
            ConsumerRecords<byte[], byte[]> records = poll();
            handOver(records);
            dispatcher.followAnswers();
            dispatcher.send();
            if (view.nanos() - settleDueNanos >= 0) {
                settle();
            }
            balanceIntake();
            show();
        }
    }

    /** Lets requests in flight finish within the bound, and commits what is settled. */
    void finish(Duration atMost) {
        finishing = true;
        letGo(assignments.all(), atMost);
        settle();
    }

    /** The loop broke: nothing more is settled, also not when the consumer says goodbye to its partitions. */
    void abandon() {
        abandoned = true;
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        view.bell().mayRing();
        try {
            return consumer.poll(dispatcher.hasAnswers() ? Duration.ZERO : untilSomethingIsDue());
        } catch (WakeupException answered) {
            return ConsumerRecords.empty();
        } finally {
            view.bell().silence();
        }
    }

    private Duration untilSomethingIsDue() {
        long now = view.nanos();
        long wait = POLL_MAX.toNanos();
        OptionalLong due = dispatcher.nextDueNanos();
        if (due.isPresent()) {
            wait = Math.min(wait, due.getAsLong() - now);
        }
        if (assignments.all().stream().anyMatch(partition -> partition.ledger().hasProgress())) {
            wait = Math.min(wait, settleDueNanos - now);
        }
        // Up to the next whole millisecond, since that is what poll can wait for: less would spin.
        return Duration.ofMillis(Math.max(0, (wait + 999_999) / 1_000_000));
    }

    private void handOver(ConsumerRecords<byte[], byte[]> records) {
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

    /** @return false where the registry is away: the rest is read again later, and nothing of it counts as received */
    private boolean handOver(AssignedPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        if (!records.isEmpty()) {
            partition.writtenAt(records.get(0).offset(), records.get(0).timestamp());
        }
        for (ConsumerRecord<byte[], byte[]> record : records) {
            DeliverableReader.Read read;
            try {
                read = reader.read(record, partition, view.now());
            } catch (RegistryUnavailableException away) {
                LOG.warn("event=registry_away partition={} why=\"{}\"", partition, away.toString());
                consumer.seek(partition.partition(), record.offset());
                unreadableUntil.put(partition.partition(), view.nanos() + REGISTRY_AGAIN.toNanos());
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
                        partition.settle(record.offset(), 0, view.undeliverable(broken));
                        return true;
                    });
        }
        return true;
    }

    /** One transaction for all partitions that have anything to commit. */
    private void settle() {
        List<AssignedPartition> progressed = assignments.all().stream()
                .filter(partition -> partition.ledger().hasProgress())
                .filter(AssignedPartition::current)
                .toList();
        settleDueNanos = view.nanos() + settings.settling().interval().toNanos();
        if (progressed.isEmpty() || !countersKnown(progressed)) {
            return;
        }
        int recordsMax = settings.settling().recordsMax();
        List<Step> steps = new ArrayList<>();
        progressed.forEach(partition -> steps.add(Step.of(partition, recordsMax)));
        boolean committed = settlement.commit(steps, consumer.groupMetadata());
        view.settling(committed);
        if (!committed) {
            settleDueNanos = view.nanos() + AFTER_ABORT.toNanos();
        } else if (steps.stream().anyMatch(step -> step.run().outcomes().size() == recordsMax)) {
            settleDueNanos = view.nanos();
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
            partition.counters(offset == null ? CommittedCounters.NONE : counters(key, offset));
            if (offset != null) {
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
                return Optional.of(consumer.committed(partitions, COMMITTED_WITHIN));
            } catch (WakeupException rungTooLate) {
                // The bell rang after poll had returned; it rings once a poll, so this ends.
            } catch (TimeoutException slow) {
                LOG.warn("event=counters_unreadable why=\"{}\"", slow.toString());
                return Optional.empty();
            }
        }
    }

    private void balanceIntake() {
        long now = view.nanos();
        unreadableUntil.values().removeIf(until -> now - until >= 0);
        Intake.Change change =
                intake.balance(assignments.all(), view.circuitClosed(), Set.copyOf(unreadableUntil.keySet()));
        consumer.pause(change.pause());
        consumer.resume(change.resume());
    }

    private void show() {
        long now = view.nanos();
        if (now - showDueNanos >= 0) {
            showDueNanos = now + SHOW_EVERY.toNanos();
            long lag = 0;
            for (AssignedPartition partition : assignments.all()) {
                lag += consumer.currentLag(partition.partition()).orElse(0);
            }
            view.show(assignments.all(), dispatcher.inFlight(), lag, !unreadableUntil.isEmpty());
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        LOG.info("event=assigned partitions={}", partitions);
        for (TopicPartition partition : partitions) {
            assignments.begin(partition);
            intake.assigned(partition);
        }
        view.joined();
    }

    /** Requests in flight may finish, what is settled is committed, the rest is for the next owner. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        LOG.info("event=revoked partitions={}", partitions);
        List<AssignedPartition> leaving = assignments.current(partitions);
        try {
            if (!leaving.isEmpty() && !abandoned) {
                letGo(leaving, finishing ? Duration.ZERO : settings.settling().revokeTimeout());
                settle();
            }
        } finally {
            drop(partitions);
        }
    }

    /** Another instance may have them already: nothing may be committed. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        LOG.warn("event=lost partitions={}", partitions);
        drop(partitions);
    }

    private void drop(Collection<TopicPartition> partitions) {
        assignments.end(partitions);
        unreadableUntil.keySet().removeAll(partitions);
        dispatcher.dropRevoked();
    }

    /** Until no request in flight carries anything of them, and nothing more of them can be sent now. */
    private void letGo(Collection<AssignedPartition> leaving, Duration atMost) {
        long deadline = view.nanos() + atMost.toNanos();
        dispatcher.onlyCloseGaps(leaving);
        try {
            while (true) {
                long left = deadline - view.nanos();
                if (left > 0) {
                    dispatcher.send();
                }
                if (leaving.stream().noneMatch(dispatcher::carries)) {
                    return;
                }
                if (left <= 0) {
                    LOG.warn("event=requests_left_behind partitions={} inFlight={}", leaving, dispatcher.inFlight());
                    return;
                }
                dispatcher.awaitAnswer(Duration.ofNanos(left));
            }
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        }
    }
}

package io.usageflow.forwarder.delivery.intake;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.delivery.health.FailureBudgets;
import io.usageflow.forwarder.delivery.health.FailureBudgets.StoredBudget;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Restores the failing customers of a partition from its previous owners' records, before the first event is read.
 * Blocks only for a request to the broker. One thread.
 */
public final class FailureBudgetLoader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FailureBudgetLoader.class);
    private static final Duration ASK_WITHIN = Duration.ofSeconds(5);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final Deserializer<CustomerDeliveryState> states;
    private final FailureBudgets customers;
    private final DeliveryClock clock;
    /** Deliverable partitions that are not restored yet. */
    private final Set<TopicPartition> unread = new HashSet<>();
    /** End offsets of the partitions that are being read. */
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    /** By deliverable partition: the newest record of each key so far. */
    private final Map<TopicPartition, Map<StateKey, Optional<Written>>> found = new HashMap<>();

    private record StateKey(Customer customer, boolean lacksFunds) {}

    /** A stored state; {@code stamp} is the broker's time of its record. */
    public record Written(CustomerDeliveryState state, Instant stamp, boolean lacksFunds) {}

    /** Takes over a read_committed consumer without a group, and closes it. */
    public FailureBudgetLoader(
            Consumer<byte[], byte[]> consumer,
            String topic,
            Deserializer<CustomerDeliveryState> states,
            FailureBudgets customers,
            DeliveryClock clock) {
        this.consumer = consumer;
        this.topic = topic;
        this.states = states;
        this.customers = customers;
        this.clock = clock;
    }

    public void assigned(Collection<TopicPartition> partitions) {
        unread.addAll(partitions);
    }

    public void revoked(Collection<TopicPartition> partitions) {
        unread.removeAll(partitions);
        ends.keySet().removeAll(partitions);
        found.keySet().removeAll(partitions);
    }

    /** Partitions whose events may not be read yet. */
    public Set<TopicPartition> unread() {
        return unread;
    }

    /** Continues reading, if anything is unread. */
    public void read() {
        if (unread.isEmpty()) {
            return;
        }
        try {
            begin();
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ZERO)) {
                read(record);
            }
            new ArrayList<>(ends.keySet()).forEach(this::endIfRead);
        } catch (TimeoutException | RegistryUnavailableException away) {
            LOG.warn("event=customer_states_unreadable partitions={} why={}", unread, VisibleText.logged(away));
            ends.clear();
        }
    }

    private void begin() {
        List<TopicPartition> fresh = unread.stream()
                .filter(partition -> !ends.containsKey(partition))
                .toList();
        if (fresh.isEmpty()) {
            return;
        }
        List<TopicPartition> all = unread.stream().map(this::stateOf).toList();
        List<TopicPartition> starting = fresh.stream().map(this::stateOf).toList();
        consumer.assign(all);
        consumer.seekToBeginning(starting);
        Map<TopicPartition, Long> until = consumer.endOffsets(starting, ASK_WITHIN);
        fresh.forEach(partition -> {
            ends.put(partition, until.getOrDefault(stateOf(partition), 0L));
            found.put(partition, new HashMap<>());
        });
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        unread.stream()
                .filter(partition -> partition.partition() == record.partition())
                .findFirst()
                .map(found::get)
                .ifPresent(newest -> key(record).ifPresent(key -> newest.put(key, state(record))));
    }

    private static Optional<StateKey> key(ConsumerRecord<byte[], byte[]> record) {
        return Optional.ofNullable(record.key())
                .flatMap(key -> Customer.parse(key).map(customer -> new StateKey(customer, Customer.isUnfunded(key))));
    }

    private Optional<Written> state(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.ofNullable(record.value())
                    .map(value -> states.deserialize(topic, record.headers(), value))
                    .map(state -> new Written(
                            state, Instant.ofEpochMilli(record.timestamp()), Customer.isUnfunded(record.key())));
        } catch (SerializationException foreign) {
            LOG.warn(
                    "event=customer_state_ignored at={}-{} why={}",
                    topic,
                    record.offset(),
                    VisibleText.logged(foreign));
            return Optional.empty();
        }
    }

    private void endIfRead(TopicPartition partition) {
        if (consumer.position(stateOf(partition), ASK_WITHIN) < ends.getOrDefault(partition, 0L)) {
            return;
        }
        Instant now = clock.now();
        long nanos = clock.nanos();
        found.getOrDefault(partition, Map.of())
                .forEach((key, state) -> state.ifPresent(
                        written -> customers.restore(partition, key.customer(), remembered(written, now), nanos)));
        revoked(List.of(partition));
    }

    /**
     * Computes a budget from a stored state. The duration until the record is the difference of two times of the
     * writer's clock; the time since then follows from the broker's timestamp. Neither is negative.
     */
    public static StoredBudget remembered(Written written, Instant now) {
        CustomerDeliveryState state = written.state();
        Duration ago = between(written.stamp(), now);
        return new StoredBudget(
                between(state.getFailingSince(), state.getUpdatedAt()).plus(ago),
                Optional.ofNullable(state.getSuspendedAt())
                        .map(at -> between(at, state.getUpdatedAt()).plus(ago)),
                state.getBlocked(),
                state.getCause(),
                written.lacksFunds());
    }

    private static Duration between(Instant earlier, Instant later) {
        Duration passed = Duration.between(earlier, later);
        return passed.isNegative() ? Duration.ZERO : passed;
    }

    private TopicPartition stateOf(TopicPartition deliverable) {
        return new TopicPartition(topic, deliverable.partition());
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
    }
}

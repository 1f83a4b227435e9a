package io.usageflow.forwarder.kafka;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.OnUnreadable;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code usage.deliverable} next to delivery, which does not know this class. A consumer group shares the
 * partitions among processes. It commits nothing: each assignment begins where delivery has committed, and delivery's
 * commits are followed. Methods throw {@link KafkaException} if Kafka or the registry is away. One thread; close it.
 */
public final class DeliverableFollower implements AutoCloseable {
    private static final Duration COMMITTED_EVERY = Duration.ofSeconds(1);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

    private final String topic;
    private final String eventsTopic;
    private final String deliveryGroup;
    private final Listener listener;
    private final OnUnreadable onUnreadable;
    private final Clock clock;
    private final Admin admin;
    private final Consumer<byte[], byte[]> consumer;
    private final OwnTopicDecoder<DeliverableEvent> deliverables;
    private final Deserializer<UsageEvent> published;
    /** What delivery has committed, of the partitions that are assigned. */
    private final Map<TopicPartition, Long> delivered = new HashMap<>();

    private @Nullable KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> asked;
    private Instant askedAt = Instant.MIN;

    /** Takes what is read, in the reader's thread. */
    public interface Listener {
        void assigned(Collection<TopicPartition> added, Set<TopicPartition> all);

        /** This process no longer reads these partitions. */
        void revoked(Collection<TopicPartition> gone, Set<TopicPartition> left);

        void event(ConsumerRecord<byte[], byte[]> record, DeliverableEvent deliverable);

        /** Delivery has settled what is before this offset. */
        void deliveredUpTo(int partition, long offset);
    }

    /**
     * Connects.
     *
     * @param onUnreadable takes records that cannot be read
     */
    public DeliverableFollower(
            Settings settings,
            String group,
            String clientId,
            Listener listener,
            OnUnreadable onUnreadable,
            Clock clock) {
        Topics topics = settings.topics().names();
        Map<String, Object> kafka = Map.copyOf(settings.kafka().client());
        Map<String, String> registry = settings.registry().serde();
        this.topic = topics.deliverable();
        this.eventsTopic = topics.events();
        this.deliveryGroup = settings.delivery().settling().group(topics);
        this.listener = listener;
        this.onUnreadable = onUnreadable;
        this.clock = clock;
        this.admin = KafkaClients.admin(kafka, ANSWER_WITHIN, ANSWER_WITHIN);
        this.consumer = KafkaClients.reader(
                kafka,
                Map.of(
                        ConsumerConfig.GROUP_ID_CONFIG,
                        group,
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        clientId,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        100),
                settings.recordBounds());
        this.deliverables = new OwnTopicDecoder<>(registry, DeliverableEvent.class);
        this.published = AvroSerdes.ownValueDeserializer(registry, UsageEvent.class);
        consumer.subscribe(List.of(topic), new Assignment());
    }

    /**
     * Reads on, and learns what delivery has committed.
     *
     * @param wanted false to keep only the group's membership
     * @return how many records came
     */
    public int poll(boolean wanted, Duration wait) {
        if (wanted) {
            consumer.resume(consumer.paused());
        } else {
            consumer.pause(consumer.assignment());
        }
        int records = 0;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            records++;
            deliverables.read(record, onUnreadable).ifPresent(deliverable -> listener.event(record, deliverable));
        }
        takeCommitted();
        return records;
    }

    /** The event as it was published; empty where it cannot be read. */
    public Optional<UsageEvent> published(DeliverableEvent deliverable) {
        try {
            return Optional.ofNullable(published.deserialize(eventsTopic, Utils.toArray(deliverable.getEvent())));
        } catch (SchemaLostException lost) {
            return Optional.empty();
        } catch (KafkaException unreadable) {
            if (RegistryAbsence.isCauseOf(unreadable)) {
                throw unreadable;
            }
            return Optional.empty();
        }
    }

    /** Whether the partition has records that were not read. */
    public boolean isBehind(TopicPartition partition) {
        return consumer.currentLag(partition).orElse(1) > 0;
    }

    public Set<TopicPartition> assignment() {
        return consumer.assignment();
    }

    /**
     * Leaves out what is more than {@code offsetsMax} behind delivery.
     *
     * @return how many offsets were left out
     */
    public long skip(long offsetsMax) {
        long skipped = 0;
        for (TopicPartition partition : consumer.assignment()) {
            long position = consumer.position(partition, ANSWER_WITHIN);
            long behind = delivered.getOrDefault(partition, 0L) - position;
            if (behind > offsetsMax) {
                consumer.seek(partition, position + behind);
                skipped += behind;
            }
        }
        return skipped;
    }

    /** Asks for delivery's offsets, and takes the answer in a later call, so that no poll is late. */
    private void takeCommitted() {
        Instant now = clock.instant();
        KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> pending = asked;
        if (pending == null) {
            if (now.isAfter(askedAt.plus(COMMITTED_EVERY))) {
                askedAt = now;
                asked = admin.listConsumerGroupOffsets(deliveryGroup).partitionsToOffsetAndMetadata();
            }
            return;
        }
        if (!pending.isDone()) {
            return;
        }
        asked = null;
        KafkaClients.answer(pending).forEach((partition, offset) -> {
            if (offset != null && delivered.containsKey(partition)) {
                delivered.put(partition, offset.offset());
                listener.deliveredUpTo(partition.partition(), offset.offset());
            }
        });
    }

    private final class Assignment implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> added) {
            Map<TopicPartition, OffsetAndMetadata> committed = KafkaClients.answer(
                    admin.listConsumerGroupOffsets(deliveryGroup).partitionsToOffsetAndMetadata(), ANSWER_WITHIN);
            for (TopicPartition partition : added) {
                OffsetAndMetadata offset = committed.get(partition);
                if (offset == null) {
                    consumer.seekToBeginning(List.of(partition));
                    delivered.put(partition, 0L);
                } else {
                    consumer.seek(partition, offset.offset());
                    delivered.put(partition, offset.offset());
                }
            }
            listener.assigned(added, Set.copyOf(delivered.keySet()));
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> gone) {
            gone.forEach(delivered::remove);
            listener.revoked(gone, Set.copyOf(delivered.keySet()));
        }
    }

    @Override
    public void close() {
        consumer.close();
        admin.close();
        deliverables.close();
        published.close();
    }
}

package io.usageflow.forwarder.reconcile.unknown;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.forwarder.topics.AccountPartition;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.id.Uuids;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Removes from a set the ids that topics have. A topic is always read whole, from its first record to its current end,
 * because the receipt of an event may be later than the period and under any account. Not thread-safe.
 */
final class SentIdFilter {
    private static final int LOOK_EVERY = 1_000;

    private final Settings settings;
    private final BooleanSupplier stopped;
    private UnreadableRecords unreadable = new UnreadableRecords();

    SentIdFilter(Settings settings, BooleanSupplier stopped) {
        this.settings = settings;
        this.stopped = stopped;
    }

    /**
     * The time of the oldest receipt in each partition where receipts have expired; {@link Instant#MAX} if all have.
     *
     * @param partitions of the receipts' topic
     */
    record ReceiptHorizon(int partitions, Map<Integer, Instant> since) {
        ReceiptHorizon {
            since = Map.copyOf(since);
        }

        /** The latest time of the accounts' partitions; empty if nothing has expired there. */
        Optional<Instant> of(Iterable<String> accounts) {
            Instant latest = Instant.MIN;
            for (String account : accounts) {
                Instant one = since.getOrDefault(AccountPartition.of(account, partitions), Instant.MIN);
                latest = one.isAfter(latest) ? one : latest;
            }
            return latest.equals(Instant.MIN) ? Optional.empty() : Optional.of(latest);
        }
    }

    /** Removes the ids with a receipt; empty if stopped. */
    Optional<ReceiptHorizon> takeReceipts(Set<UUID> ids) {
        unreadable = new UnreadableRecords();
        Map<Integer, Instant> since = new HashMap<>();
        String topic = settings.topics().names().receipts();
        try (PartitionReader reader = new PartitionReader(settings.kafka().client(), topic);
                OwnTopicDecoder<Receipt> own =
                        new OwnTopicDecoder<>(settings.registry().serde(), Receipt.class)) {
            for (Map.Entry<TopicPartition, Long> first : reader.beginnings().entrySet()) {
                if (first.getValue() > 0) {
                    since.put(first.getKey().partition(), Instant.MAX);
                }
            }
            boolean whole = read(reader, own, ids, (Receipt receipt) -> receipt.getCredytEventId(), record -> {
                // A record without a timestamp gives no start.
                if (record.timestamp() >= 0 && Instant.MAX.equals(since.get(record.partition()))) {
                    since.put(record.partition(), Instant.ofEpochMilli(record.timestamp()));
                }
            });
            return whole ? Optional.of(new ReceiptHorizon(reader.partitions().size(), since)) : Optional.empty();
        }
    }

    /** Records of both topics that could not be read since {@link #takeReceipts} began; each may have had any id. */
    UnreadableRecords unreadable() {
        return unreadable;
    }

    /** Removes the ids that were handed to delivery; false if stopped. */
    boolean takeDeliverables(Set<UUID> ids) {
        try (PartitionReader reader = new PartitionReader(
                        settings.kafka().client(), settings.topics().names().deliverable());
                OwnTopicDecoder<DeliverableEvent> own =
                        new OwnTopicDecoder<>(settings.registry().serde(), DeliverableEvent.class)) {
            return read(
                    reader, own, ids, (DeliverableEvent deliverable) -> deliverable.getCredytEventId(), record -> {});
        }
    }

    private <T extends SpecificRecord> boolean read(
            PartitionReader reader,
            OwnTopicDecoder<T> own,
            Set<UUID> ids,
            Function<T, CharSequence> idOf,
            Consumer<ConsumerRecord<byte[], byte[]>> seen) {
        var read = new AtomicLong();
        return reader.read(reader.beginnings(), record -> {
            if (read.incrementAndGet() % LOOK_EVERY == 0 && stopped.getAsBoolean()) {
                return false;
            }
            seen.accept(record);
            own.read(record, unreadable)
                    .flatMap(value -> Uuids.parse(idOf.apply(value).toString()))
                    .ifPresent(ids::remove);
            return true;
        });
    }
}

package io.usageflow.forwarder.reconcile.unknown;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.UnreadableRecords;
import io.usageflow.forwarder.kafka.PartitionReader;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.id.Uuids;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Removes from a set the ids that topics know. A topic is read whole, from the first record that Kafka has to the
 * end it has at that moment, whatever the period: an event's receipt may be later than the event, and stand under any
 * account. Not thread-safe.
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
     * From when on receipts are there, of each partition of which some have expired; {@link Instant#MAX} where all
     * have.
     *
     * @param partitions all that there are
     */
    record ReceiptHorizon(int partitions, Map<Integer, Instant> since) {
        ReceiptHorizon {
            since = Map.copyOf(since);
        }

        /** Of the accounts' partitions the latest; empty where nothing of them has expired. */
        Optional<Instant> of(Iterable<String> accounts) {
            Instant latest = Instant.MIN;
            for (String account : accounts) {
                Instant one = since.getOrDefault(ListedCustomers.partitionOf(account, partitions), Instant.MIN);
                latest = one.isAfter(latest) ? one : latest;
            }
            return latest.equals(Instant.MIN) ? Optional.empty() : Optional.of(latest);
        }
    }

    /** Those with a receipt; empty where it was stopped. */
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
                // A record without a time of its own does not say from when on receipts are there.
                if (record.timestamp() >= 0 && Instant.MAX.equals(since.get(record.partition()))) {
                    since.put(record.partition(), Instant.ofEpochMilli(record.timestamp()));
                }
            });
            return whole ? Optional.of(new ReceiptHorizon(reader.partitions().size(), since)) : Optional.empty();
        }
    }

    /** Records of both topics that could not be read since {@link #takeReceipts} began: each may have held any id. */
    UnreadableRecords unreadable() {
        return unreadable;
    }

    /** Those that were handed to delivery; false where it was stopped. */
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
        Map<TopicPartition, Long> ends = reader.ends();
        long read = 0;
        for (Map.Entry<TopicPartition, Long> first : reader.beginnings().entrySet()) {
            reader.seek(first.getKey().partition(), first.getValue());
            long end = ends.getOrDefault(first.getKey(), 0L);
            for (Optional<ConsumerRecord<byte[], byte[]>> record = reader.next(end);
                    record.isPresent();
                    record = reader.next(end)) {
                if (++read % LOOK_EVERY == 0 && stopped.getAsBoolean()) {
                    return false;
                }
                seen.accept(record.get());
                own.read(record.get(), unreadable)
                        .flatMap(value -> Uuids.parse(idOf.apply(value).toString()))
                        .ifPresent(ids::remove);
            }
        }
        return true;
    }
}

package io.usageflow.forwarder.admission.parking;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.admission.check.AccountPartitioner;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * Reads the queues of parked events through Streams' interactive queries. Their in-memory store iterates over a
 * snapshot of its keys, so reading does not stop the tasks. The result may be ahead of the last commit by one
 * transaction. Thread-safe.
 *
 * @param queueStore name of the store of {@link ParkedQueue}s
 * @param eventsTopic the topic whose partitions name the tasks
 * @param home knows the number of partitions
 */
public record ParkedQuery(KafkaStreams streams, String queueStore, String eventsTopic, AccountPartitioner home) {

    /** Reads the queues. Shows only {@code account} if given; the totals count all accounts. */
    public ParkedAccounts read(Optional<String> account, int limit) {
        SortedSet<Integer> read = new TreeSet<>();
        SortedMap<Integer, String> unreadable = new TreeMap<>();
        ParkedAccounts.Count count = new ParkedAccounts.Count(account, limit);
        for (int partition : assigned()) {
            try {
                count(partition, count);
                read.add(partition);
            } catch (InvalidStateStoreException notNow) {
                unreadable.put(partition, String.valueOf(notNow.getMessage()));
            }
        }
        return count.of(read, unreadable);
    }

    private SortedSet<Integer> assigned() {
        SortedSet<Integer> partitions = new TreeSet<>();
        streams.metadataForLocalThreads().stream()
                .flatMap(thread -> thread.activeTasks().stream())
                .map(TaskMetadata::topicPartitions)
                .forEach(sources -> sources.stream()
                        .filter(source -> source.topic().equals(eventsTopic))
                        .forEach(source -> partitions.add(source.partition())));
        return partitions;
    }

    private void count(int partition, ParkedAccounts.Count count) {
        ReadOnlyKeyValueStore<Bytes, byte[]> queues = streams.store(
                StoreQueryParameters.fromNameAndType(queueStore, QueryableStoreTypes.<Bytes, byte[]>keyValueStore())
                        .withPartition(partition));
        try (KeyValueIterator<Bytes, byte[]> all = queues.all()) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> entry = all.next();
                // Keys are of the snapshot, values are current: the queue may be gone.
                if (entry.value != null) {
                    count.add(new String(entry.key.get(), UTF_8), partition, ParkedQueue.fromBytes(entry.value));
                }
            }
        }
    }

    /**
     * The accounts with parked events, in the partitions of one instance.
     *
     * @param partitions the partitions that could be read
     * @param unreadable the partitions that could not be read, with the reason: they are being restored, or are leaving
     * @param events the number of parked events
     * @param accounts the number of accounts with parked events
     * @param oldestSince when the oldest event was parked
     * @param shown the requested accounts, longest waiting first
     */
    public record ParkedAccounts(
            SortedSet<Integer> partitions,
            SortedMap<Integer, String> unreadable,
            long events,
            long accounts,
            Optional<Instant> oldestSince,
            List<Account> shown) {

        /** One account's queue. */
        record Account(String account, int partition, ParkedQueue queue) {
            private static final Comparator<Account> LONGEST_WAITING_FIRST = Comparator.<Account, Instant>comparing(
                            each -> each.queue.headSince())
                    .thenComparing(Account::account);
        }

        /** Sums up queues, and keeps only those to show. Not thread-safe. */
        static final class Count {
            private final Optional<String> wanted;
            private final int limit;
            /** Its head is the account to drop when it is full. */
            private final PriorityQueue<Account> shown = new PriorityQueue<>(Account.LONGEST_WAITING_FIRST.reversed());

            private long events;
            private long accounts;
            private Optional<Instant> oldestSince = Optional.empty();

            /** Shows only the account {@code wanted}; empty shows any. */
            Count(Optional<String> wanted, int limit) {
                this.wanted = wanted;
                this.limit = limit;
            }

            void add(String account, int partition, ParkedQueue queue) {
                events += queue.count();
                accounts++;
                Instant since = queue.headSince();
                if (oldestSince.isEmpty() || since.isBefore(oldestSince.get())) {
                    oldestSince = Optional.of(since);
                }
                if (wanted.isEmpty() || wanted.get().equals(account)) {
                    shown.add(new Account(account, partition, queue));
                    if (shown.size() > limit) {
                        shown.remove();
                    }
                }
            }

            ParkedAccounts of(SortedSet<Integer> partitions, SortedMap<Integer, String> unreadable) {
                List<Account> sorted =
                        shown.stream().sorted(Account.LONGEST_WAITING_FIRST).toList();
                return new ParkedAccounts(new TreeSet<>(partitions), unreadable, events, accounts, oldestSince, sorted);
            }
        }
    }
}

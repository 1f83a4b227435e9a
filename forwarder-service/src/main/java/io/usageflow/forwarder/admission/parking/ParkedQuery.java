package io.usageflow.forwarder.admission.parking;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.admission.check.AccountPartitioner;
import java.util.Optional;
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
 * Reads the queues of parked events through Streams' interactive queries. Their in-memory store iterates over a snapshot of
 * its keys, so reading does not stop the tasks. The result may be ahead of the last commit by one transaction. Thread-safe.
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
}

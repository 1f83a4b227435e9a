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
 * Reads the queues of parked events while the tasks run, through Streams' interactive queries. Their store is in
 * memory and gives a snapshot of its keys, so reading neither stops the tasks nor needs a disk; what it shows may be
 * ahead of the last commit by one transaction. Thread-safe.
 *
 * @param queueStore name of the store of {@link ParkedQueue}s
 * @param eventsTopic whose partitions the tasks are named after
 * @param home how many partitions there are in all
 */
public record ParkedQuery(KafkaStreams streams, String queueStore, String eventsTopic, AccountPartitioner home) {

    /** @param account the only one to show; the totals are of all in any case */
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
                // The keys are of the beginning, the values of now: a queue may have gone in between.
                if (entry.value != null) {
                    count.add(new String(entry.key.get(), UTF_8), partition, ParkedQueue.fromBytes(entry.value));
                }
            }
        }
    }
}

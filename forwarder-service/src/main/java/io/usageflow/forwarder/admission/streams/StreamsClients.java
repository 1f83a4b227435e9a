package io.usageflow.forwarder.admission.streams;

import io.usageflow.forwarder.admission.source.BoundedConsumers;
import io.usageflow.forwarder.admission.source.SourceOffsets;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.kafka.recovery.AbandonedTransactions;
import io.usageflow.forwarder.kafka.recovery.MarkerRecovery;
import io.usageflow.forwarder.kafka.recovery.RecoveringProducer;
import io.usageflow.forwarder.topics.Changelogs;
import io.usageflow.schema.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Supplies Kafka Streams' clients, with three changes: producers verify that their transactions ended ({@link
 * MarkerRecovery}), a replaced thread's successor reuses its id ({@link TransactionalIds}), and consumers hold no large
 * records ({@link BoundedConsumers}). Thread-safe.
 *
 * <p>A subclass, because Streams' own group protocol accepts no other supplier.
 */
public final class StreamsClients extends DefaultKafkaClientSupplier implements AutoCloseable {
    private static final String PRODUCER = "-producer";

    private final SourceOffsets sourceOffsets;
    private final Map<String, ?> kafka;
    private final String application;
    private final RecordBounds bounds;
    /** All that transactions write; first the one that delivery reads. */
    private final List<String> topics;

    private final TransactionalIds ids = new TransactionalIds();
    /** By transactional id; each remembers its unfinished transactions. */
    private final Map<String, MarkerRecovery> recoveries = new ConcurrentHashMap<>();

    private final MarkerRecovery.Options options;
    private final Runnable onCommit;
    private final AbandonedTransactions abandoned;
    private final AtomicLong commits = new AtomicLong();

    private StreamsClients(
            Map<String, ?> kafka,
            String application,
            RecordBounds bounds,
            List<String> topics,
            SourceOffsets sourceOffsets,
            MarkerRecovery.Options options,
            Runnable onCommit) {
        this.options = options;
        this.bounds = bounds;
        this.sourceOffsets = sourceOffsets;
        this.onCommit = onCommit;
        this.kafka = kafka;
        this.application = application;
        this.topics = topics;
        this.abandoned = new AbandonedTransactions(kafka, application + "-", recoveries::containsKey);
    }

    /** Creates the supplier. {@code onCommit} runs after each transaction, on any thread. */
    public static StreamsClients of(
            Properties settings,
            RecordBounds bounds,
            AdmissionContext context,
            SourceOffsets sourceOffsets,
            MarkerRecovery.Options recovery,
            Runnable onCommit) {
        String application = settings.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
        Topics names = context.topics();
        List<String> written = new ArrayList<>(List.of(
                names.deliverable(),
                names.deadLetters(),
                names.ledger(),
                names.events(),
                names.replays(),
                names.customerLinks()));
        written.addAll(Changelogs.names(application));
        return new StreamsClients(context.kafka(), application, bounds, written, sourceOffsets, recovery, onCommit);
    }

    /** Called by a dying stream thread before it creates its successor. */
    public void threadDies() {
        ids.handOver(Thread.currentThread().getName());
    }

    /**
     * Ends the transactions that a dead instance left open on a task's partitions, before the task is restored. Streams
     * calls it for each store of a task that becomes active, in the thread that restores (Kafka 4.3.1).
     */
    public StateRestoreListener takeovers() {
        return new StateRestoreListener() {
            @Override
            public void onRestoreStart(TopicPartition changelog, String store, long from, long to) {
                List<String> changelogs = Changelogs.names(application);
                if (options.enabled() && changelog.topic().equals(changelogs.get(0))) {
                    abandoned.end(Stream.concat(changelogs.stream(), Stream.of(topics.get(0)))
                            .map(topic -> new TopicPartition(topic, changelog.partition()))
                            .toList());
                }
            }

            @Override
            public void onBatchRestored(TopicPartition changelog, String store, long end, long records) {}

            @Override
            public void onRestoreEnd(TopicPartition changelog, String store, long records) {}
        };
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
        return BoundedConsumers.main(config, bounds, sourceOffsets);
    }

    @Override
    public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
        return BoundedConsumers.global(config);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> given) {
        String thread = threadOf(given);
        String id = ids.of(
                thread,
                Thread.currentThread().getName(),
                String.valueOf(given.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG)));
        MarkerRecovery recovery = recoveries.computeIfAbsent(
                id,
                each -> new MarkerRecovery(
                        kafka, each, application, Changelogs.names(application).get(0), topics, options));
        Map<String, Object> config = new HashMap<>(given);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        return new RecoveringProducer(config, recovery) {
            /** Nothing: Streams flushes for each of a thread's tasks, and a commit sends all records at once. */
            @Override
            public void flush() {}

            /** After the records: by these a successor finds the transaction that a dead instance left open. */
            @Override
            public void sendOffsetsToTransaction(
                    Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
                super.flush();
                super.sendOffsetsToTransaction(offsets, group);
            }

            @Override
            public void initTransactions() {
                requireOwner();
                super.initTransactions();
            }

            @Override
            public void commitTransaction() {
                super.commitTransaction();
                commits.incrementAndGet();
                onCommit.run();
            }

            @Override
            public void abortTransaction() {
                requireOwner();
                super.abortTransaction();
            }

            /** A successor ends the dead thread's transaction, and may have begun its own under the same id. */
            private void requireOwner() {
                if (!ids.owns(thread, id)) {
                    throw new ProducerFencedException(thread + " died; its successor has " + id);
                }
            }
        };
    }

    /** The number of committed transactions. */
    public long commits() {
        return commits.get();
    }

    /** A risk from missing permissions; the same for all threads. */
    public Optional<String> risk() {
        return recoveries.values().stream()
                .flatMap(recovery -> recovery.risk().stream())
                .findFirst();
    }

    /** To be called after the streams are closed. */
    @Override
    public void close() {
        recoveries.values().forEach(MarkerRecovery::close);
        abandoned.close();
    }

    /** Streams names a thread's producer after the thread. */
    private static String threadOf(Map<String, Object> config) {
        String client = String.valueOf(config.get(ProducerConfig.CLIENT_ID_CONFIG));
        return client.endsWith(PRODUCER) ? client.substring(0, client.length() - PRODUCER.length()) : client;
    }

    /**
     * Assigns transactional ids to stream threads: the successor of a dead thread takes over its id. Thread-safe.
     *
     * <p>Kafka Streams gives the successor a new number and so a new id. The dead thread's open transaction would then
     * never end, and no consumer could read past it. Under the old id, the successor's {@code initTransactions} ends
     * it. So a process always uses its first ids, also after a restart.
     */
    static final class TransactionalIds {
        private final Map<String, String> byThread = new HashMap<>();
        private final Map<String, String> handedOver = new HashMap<>();

        /** Passes the id of a dying thread to the thread that it creates. */
        synchronized void handOver(String dying) {
            String id = byThread.remove(dying);
            if (id != null) {
                handedOver.put(dying, id);
            }
        }

        /**
         * Returns the id for a thread's producer.
         *
         * @param thread the stream thread that will write
         * @param maker the calling thread: a dying thread creates its successor
         * @param given the id that Streams chose
         */
        synchronized String of(String thread, String maker, String given) {
            @Nullable String own = byThread.get(thread);
            if (own != null) {
                return own;
            }
            @Nullable String inherited = handedOver.remove(maker);
            String id = inherited == null ? given : inherited;
            byThread.put(thread, id);
            return id;
        }

        /** Whether the thread still has this id. */
        synchronized boolean owns(String thread, String id) {
            return id.equals(byThread.get(thread));
        }
    }
}

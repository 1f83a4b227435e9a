package io.usageflow.forwarder.admission.streams;

import io.usageflow.forwarder.admission.source.BoundedConsumers;
import io.usageflow.forwarder.admission.source.SourceOffsets;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.kafka.recovery.MarkerRecovery;
import io.usageflow.forwarder.kafka.recovery.WatchedProducer;
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
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/**
 * Kafka Streams' clients as it makes them itself, but that a producer makes sure that its transactions ended everywhere:
 * {@link MarkerRecovery}, and that a thread's successor writes under its id: {@link TransactionalIds}; and that
 * consumers hold no large records: {@link BoundedConsumers}. Thread-safe.
 *
 * <p>A subclass, since Streams takes no other supplier with its own group protocol.
 */
public final class StreamsClients extends DefaultKafkaClientSupplier implements AutoCloseable {
    private static final String PRODUCER = "-producer";

    private final SourceOffsets sourceOffsets;
    private final Map<String, ?> kafka;
    private final String application;
    private final RecordBounds bounds;
    private final List<String> topics;
    private final TransactionalIds ids = new TransactionalIds();
    /** By transactional id: each remembers what it could not finish. */
    private final Map<String, MarkerRecovery> takeovers = new ConcurrentHashMap<>();

    private final Runnable onCommit;
    private final AtomicLong commits = new AtomicLong();

    private StreamsClients(
            Map<String, ?> kafka,
            String application,
            RecordBounds bounds,
            List<String> topics,
            SourceOffsets sourceOffsets,
            Runnable onCommit) {
        this.bounds = bounds;
        this.sourceOffsets = sourceOffsets;
        this.onCommit = onCommit;
        this.kafka = kafka;
        this.application = application;
        this.topics = topics;
    }

    /** @param onCommit is run after each transaction, by any thread */
    public static StreamsClients of(
            Properties settings,
            RecordBounds bounds,
            AdmissionContext context,
            SourceOffsets sourceOffsets,
            Runnable onCommit) {
        String application = settings.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
        Topics names = context.topics();
        List<String> written = new ArrayList<>(
                List.of(names.deliverable(), names.deadLetters(), names.ledger(), names.events(), names.replays()));
        written.addAll(Changelogs.names(application));
        return new StreamsClients(context.kafka(), application, bounds, written, sourceOffsets, onCommit);
    }

    /** A stream thread dies, and this is it; asked before it makes its successor. */
    public void threadDies() {
        ids.handOver(Thread.currentThread().getName());
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
        MarkerRecovery takeover = takeovers.computeIfAbsent(
                id,
                each -> new MarkerRecovery(
                        kafka, each, application, Changelogs.names(application).get(0), topics));
        Map<String, Object> config = new HashMap<>(given);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        return new WatchedProducer(config, takeover) {
            @Override
            public void initTransactions() {
                requireOwner();
                takeover.takeOver(this, super::initTransactions);
            }

            @Override
            public void commitTransaction() {
                super.commitTransaction();
                takeover.afterEnd();
                commits.incrementAndGet();
                onCommit.run();
            }

            @Override
            public void abortTransaction() {
                requireOwner();
                super.abortTransaction();
                takeover.afterEnd();
            }

            /** A dead thread's successor ends the thread's transaction, and may have begun one of its own under the same id. */
            private void requireOwner() {
                if (!ids.owns(thread, id)) {
                    throw new ProducerFencedException(thread + " died; its successor has " + id);
                }
            }
        };
    }

    /** Transactions committed. */
    public long commits() {
        return commits.get();
    }

    /** What may go wrong for want of rights; the same for all threads. */
    public Optional<String> risk() {
        return takeovers.values().stream()
                .flatMap(takeover -> takeover.risk().stream())
                .findFirst();
    }

    /** After the streams themselves. */
    @Override
    public void close() {
        takeovers.values().forEach(MarkerRecovery::close);
    }

    /** Streams names a thread's producer after the thread. */
    private static String threadOf(Map<String, Object> config) {
        String client = String.valueOf(config.get(ProducerConfig.CLIENT_ID_CONFIG));
        return client.endsWith(PRODUCER) ? client.substring(0, client.length() - PRODUCER.length()) : client;
    }
}

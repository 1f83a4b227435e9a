package io.usageflow.producer.internal.transport;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.producer.internal.accounting.PendingRecords;
import io.usageflow.producer.internal.settings.PublisherSettings;
import io.usageflow.producer.internal.spool.SpoolDirectory;
import io.usageflow.producer.internal.spool.SpoolLog;
import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import io.usageflow.producer.internal.spool.write.GroupCommit;
import io.usageflow.producer.internal.transport.KafkaSpoolSender.SpoolCodec;
import io.usageflow.producer.internal.transport.Transport.TopicKind;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends through the local spool: a record is durable when it is on this machine's disk. Each topic has its own log,
 * Kafka client and threads, so that a topic that cannot be written does not block another. A link topic gets them with
 * its first link, or if an earlier process spooled one.
 */
public final class SpoolTransport implements Transport {
    private static final byte[] NOTHING = new byte[0];

    /** How long a send waits for metadata or room, so that the drainer's thread can do its other work. */
    private static final long SEND_MS_MAX = 1_000;

    private final PublisherSettings settings;
    private final Serializer<SpecificRecord> serializer;
    private final Function<Map<String, Object>, Producer<byte[], byte[]>> clients;
    private final PendingRecords pending;
    private final SpoolDirectory spool;
    private final Map<TopicKind, Route> routes = new EnumMap<>(TopicKind.class);

    /** One topic's log, codec and sender. */
    private static final class Route {
        private final TopicPartition topic;
        private final SpoolCodec codec;
        private final KafkaSpoolSender sender;
        private final String schema;
        private volatile @Nullable SpoolLog log;

        Route(String topic, SpoolCodec codec, KafkaSpoolSender sender, String schema) {
            this.topic = new TopicPartition(topic, -1);
            this.codec = codec;
            this.sender = sender;
            this.schema = schema;
        }
    }

    private boolean closed;

    /**
     * @param clients creates a Kafka client from its settings
     * @throws org.apache.kafka.common.config.ConfigException naming spool.dir, or a Kafka setting
     */
    public SpoolTransport(
            PublisherSettings settings,
            PublisherSettings.Spool given,
            Function<Map<String, Object>, Producer<byte[], byte[]>> clients,
            Serializer<SpecificRecord> serializer,
            PendingRecords pending) {
        this.settings = settings;
        this.serializer = serializer;
        this.clients = clients;
        this.pending = pending;
        PublisherSettings.Limits limits = settings.limits();
        this.spool = SpoolDirectory.open(
                given.directory(),
                given.bytesMax(),
                new SpoolLog.Limits(
                        new GroupCommit.Bounds(limits.bufferBytesMax(), limits.blockMsMax()), given.alertAge()));
        try {
            for (TopicKind kind : TopicKind.values()) {
                routes.put(kind, route(kind));
            }
            route(TopicKind.EVENTS, routes).sender.connect();
            for (TopicKind kind : TopicKind.values()) {
                if (kind == TopicKind.EVENTS || spool.has(kind.label())) {
                    open(kind);
                }
            }
        } catch (RuntimeException e) {
            close(System.nanoTime());
            throw e;
        }
    }

    private Route route(TopicKind kind) {
        String topic = kind.topic(settings.topics());
        SpecificRecord probe = kind.probe();
        SpoolCodec codec = new SpoolCodec(topic, probe.getClass(), serializer);
        Map<String, Object> kafka = new HashMap<>(settings.kafka());
        // A record never times out: see SpoolDrainer.
        kafka.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        kafka.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, SEND_MS_MAX);
        kafka.put(
                ProducerConfig.CLIENT_ID_CONFIG, kafka.get(ProducerConfig.CLIENT_ID_CONFIG) + "-spool-" + kind.label());
        return new Route(
                topic,
                codec,
                new KafkaSpoolSender(() -> clients.apply(kafka), codec),
                AvroSerdes.asRegistered(probe.getSchema()).toString());
    }

    @Override
    public int encodedBytes(TopicKind kind, PendingRecord<?> record) {
        SpecificRecord content = record.content();
        if (content == null) {
            return 0;
        }
        try {
            route(kind, routes).codec.encode(record);
        } catch (RuntimeException e) {
            record.hinderedBy(e);
        }
        byte[] value = record.value();
        return value == null ? 0 : value.length;
    }

    @Override
    public void accept(TopicKind kind, PendingRecord<?> record) {
        Throwable hindrance = record.hindrance();
        if (hindrance != null) {
            record.fail(new NotDurableException(
                    record.id(), RefusalReason.REJECTED, PendingRecord.describe(hindrance), hindrance));
            return;
        }
        Route route = route(kind, routes);
        SpoolLog log = route.log == null ? tryOpen(kind, record) : route.log;
        if (log == null) {
            return;
        }
        record.spooledTo(route.topic);
        byte[] value = record.value();
        log.offer(value == null ? RecordKind.TOMBSTONE : record.kind(), record, value == null ? NOTHING : value);
    }

    @Override
    public synchronized void stopAccepting() {
        closed = true;
        spool.stopAccepting();
    }

    /** The spool does not wait for Kafka: nothing to flush. */
    @Override
    public void flushWhile(Runnable waiting) {
        waiting.run();
    }

    @Override
    public void close(long deadlineNanos) {
        stopAccepting();
        spool.close(deadlineNanos);
        for (Route route : routes.values()) {
            if (route.log == null) {
                // Otherwise the log closes it.
                route.sender.close(Duration.ZERO);
            }
        }
        serializer.close();
        // Any are left only if the disk does not answer.
        pending.snapshot()
                .forEach(record -> record.fail(new NotDurableException(
                        record.id(),
                        RefusalReason.ABANDONED,
                        "the publisher was closed before the disk of spool.dir had accepted it",
                        null)));
    }

    @Override
    public Optional<SpoolStatus> spool() {
        return Optional.of(spool.status());
    }

    /** The topic's log; or null, with the record failed. */
    private @Nullable SpoolLog tryOpen(TopicKind kind, PendingRecord<?> record) {
        try {
            SpoolLog log = open(kind);
            if (log == null) {
                record.fail(new PublisherClosedException(record.id()));
            }
            return log;
        } catch (RuntimeException e) {
            record.fail(new NotDurableException(record.id(), RefusalReason.SPOOL_FAILED, PendingRecord.describe(e), e));
            return null;
        }
    }

    /** The topic's log; null after closing. */
    private synchronized @Nullable SpoolLog open(TopicKind kind) {
        Route route = route(kind, routes);
        if (route.log == null && !closed) {
            route.log = spool.log(kind.label(), route.topic.topic(), route.schema, route.sender);
        }
        return route.log;
    }

    private static Route route(TopicKind kind, Map<TopicKind, Route> routes) {
        Route route = routes.get(kind);
        if (route == null) {
            throw new IllegalStateException("no route for " + kind);
        }
        return route;
    }
}

package io.usageflow.producer.internal;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.spool.RecordKind;
import io.usageflow.producer.spool.SpoolDirectory;
import io.usageflow.producer.spool.SpoolLog;
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
 * By way of the local spool: durable when it is on this machine's disk. Each topic has its own log, its own client of
 * Kafka and its own threads, so that a topic that cannot be written holds up no other; a link topic has them only once a
 * link is published, or was spooled before.
 */
final class SpoolPassage implements Passage {
    private static final byte[] NOTHING = new byte[0];

    /** How long handing over waits for metadata or room, so that the spool's thread sees what else there is to do. */
    private static final long HAND_OVER_MS_MAX = 1_000;

    private final PublisherSettings settings;
    private final Serializer<SpecificRecord> serializer;
    private final Function<Map<String, Object>, Producer<byte[], byte[]>> clients;
    private final InFlight inFlight;
    private final SpoolDirectory spool;
    private final Map<Way, Route> routes = new EnumMap<>(Way.class);

    /** What belongs to one topic. */
    private static final class Route {
        private final TopicPartition nowhere;
        private final SpooledValues values;
        private final KafkaCarrier carrier;
        private final String schema;
        private volatile @Nullable SpoolLog log;

        Route(String topic, SpooledValues values, KafkaCarrier carrier, String schema) {
            this.nowhere = new TopicPartition(topic, -1);
            this.values = values;
            this.carrier = carrier;
            this.schema = schema;
        }
    }

    private boolean closed;

    /**
     * @param clients makes a client of Kafka from its settings
     * @throws org.apache.kafka.common.config.ConfigException naming spool.dir, or a setting of Kafka's
     */
    SpoolPassage(
            PublisherSettings settings,
            PublisherSettings.Spool given,
            Function<Map<String, Object>, Producer<byte[], byte[]>> clients,
            Serializer<SpecificRecord> serializer,
            InFlight inFlight) {
        this.settings = settings;
        this.serializer = serializer;
        this.clients = clients;
        this.inFlight = inFlight;
        PublisherSettings.Limits limits = settings.limits();
        this.spool = SpoolDirectory.open(
                given.directory(),
                given.bytesMax(),
                new SpoolLog.Limits(limits.bufferBytesMax(), limits.blockMsMax(), given.alertAge()));
        try {
            for (Way way : Way.values()) {
                routes.put(way, route(way));
            }
            route(Way.EVENTS, routes).carrier.connect();
            for (Way way : Way.values()) {
                if (way == Way.EVENTS || spool.has(way.label())) {
                    open(way);
                }
            }
        } catch (RuntimeException e) {
            close(System.nanoTime());
            throw e;
        }
    }

    private Route route(Way way) {
        String topic = DirectPassage.topic(settings, way);
        SpecificRecord sample = Samples.of(way);
        SpooledValues values = new SpooledValues(topic, sample.getClass(), serializer);
        Map<String, Object> kafka = new HashMap<>(settings.kafka());
        // Nothing gives up on a record but its own loss of sense: see Drainer.
        kafka.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        kafka.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, HAND_OVER_MS_MAX);
        kafka.put(
                ProducerConfig.CLIENT_ID_CONFIG, kafka.get(ProducerConfig.CLIENT_ID_CONFIG) + "-spool-" + way.label());
        return new Route(
                topic,
                values,
                new KafkaCarrier(() -> clients.apply(kafka), values),
                AvroSerdes.asRegistered(sample.getSchema()).toString());
    }

    @Override
    public int measure(Way way, Parcel<?> parcel) {
        SpecificRecord content = parcel.content();
        if (content == null) {
            return 0;
        }
        try {
            route(way, routes).values.encode(parcel);
        } catch (RuntimeException e) {
            parcel.hinderedBy(e);
        }
        byte[] value = parcel.value();
        return value == null ? 0 : value.length;
    }

    @Override
    public void accept(Way way, Parcel<?> parcel) {
        Throwable hindrance = parcel.hindrance();
        if (hindrance != null) {
            parcel.fail(new NotDurableException(
                    parcel.id(), RefusalReason.REJECTED, KafkaOutlet.explain(hindrance), hindrance));
            return;
        }
        Route route = route(way, routes);
        SpoolLog log = route.log == null ? tryOpen(way, parcel) : route.log;
        if (log == null) {
            return;
        }
        parcel.keptFor(route.nowhere);
        byte[] value = parcel.value();
        log.offer(value == null ? RecordKind.TOMBSTONE : parcel.kind(), parcel, value == null ? NOTHING : value);
    }

    @Override
    public synchronized void refuseNew() {
        closed = true;
        spool.refuseNew();
    }

    /** The spool's threads linger for nobody. */
    @Override
    public void during(Runnable waiting) {
        waiting.run();
    }

    @Override
    public void close(long deadlineNanos) {
        refuseNew();
        spool.close(deadlineNanos);
        for (Route route : routes.values()) {
            if (route.log == null) {
                // Its log would have closed it.
                route.carrier.close(Duration.ZERO);
            }
        }
        serializer.close();
        // Only of a disk that does not answer.
        inFlight.snapshot()
                .forEach(parcel -> parcel.fail(new NotDurableException(
                        parcel.id(),
                        RefusalReason.ABANDONED,
                        "the publisher was closed before the disk of spool.dir had taken it",
                        null)));
    }

    @Override
    public Optional<SpoolStatus> spool() {
        return Optional.of(spool.status());
    }

    /** The topic's log; null, with the parcel failed, where there is none. */
    private @Nullable SpoolLog tryOpen(Way way, Parcel<?> parcel) {
        try {
            SpoolLog log = open(way);
            if (log == null) {
                parcel.fail(new PublisherClosedException(parcel.id()));
            }
            return log;
        } catch (RuntimeException e) {
            parcel.fail(new NotDurableException(parcel.id(), RefusalReason.SPOOL_FAILED, KafkaOutlet.explain(e), e));
            return null;
        }
    }

    /** The topic's log; null after the end. */
    private synchronized @Nullable SpoolLog open(Way way) {
        Route route = route(way, routes);
        if (route.log == null && !closed) {
            route.log = spool.log(way.label(), route.nowhere.topic(), route.schema, route.carrier);
        }
        return route.log;
    }

    private static Route route(Way way, Map<Way, Route> routes) {
        Route route = routes.get(way);
        if (route == null) {
            throw new IllegalStateException("each way has a route, and " + way + " has none");
        }
        return route;
    }
}

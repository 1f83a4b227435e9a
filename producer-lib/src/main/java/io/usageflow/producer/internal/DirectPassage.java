package io.usageflow.producer.internal;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.WhenFull;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.Serializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Straight to Kafka: one client, a lane for each topic, one usher. */
final class DirectPassage implements Passage {
    private static final Logger LOG = LoggerFactory.getLogger(DirectPassage.class);

    private final Producer<byte[], byte[]> producer;
    private final Serializer<SpecificRecord> serializer;
    private final InFlight inFlight;
    private final Usher usher = new Usher("usageflow-publisher");
    private final Map<Way, Lane> lanes = new EnumMap<>(Way.class);
    private final Hurry hurry;

    DirectPassage(
            PublisherSettings settings,
            Producer<byte[], byte[]> producer,
            Serializer<SpecificRecord> serializer,
            InFlight inFlight) {
        this.producer = producer;
        this.serializer = serializer;
        this.inFlight = inFlight;
        this.hurry = new Hurry(producer);
        PublisherSettings.Limits limits = settings.limits();
        Lane.Bounds bounds = new Lane.Bounds(
                limits.bufferBytesMax(),
                limits.blockMsMax(),
                limits.deliveryTimeoutMs(),
                limits.whenFull() == WhenFull.DROP);
        for (Way way : Way.values()) {
            String topic = topic(settings, way);
            // Only the events' lane learns ahead: who never links needs no rights on the link topics.
            lanes.put(
                    way,
                    new Lane(
                            topic,
                            new KafkaOutlet(producer, serializer, topic, Samples.of(way)),
                            bounds,
                            way == Way.EVENTS,
                            usher::call));
        }
        usher.start(List.copyOf(lanes.values()));
    }

    static String topic(PublisherSettings settings, Way way) {
        return switch (way) {
            case EVENTS -> settings.topics().events();
            case CUSTOMER_LINKS -> settings.topics().customerLinks();
            case VENDOR_LINKS -> settings.topics().vendorLinks();
        };
    }

    @Override
    public int measure(Way way, Parcel<?> parcel) {
        SpecificRecord content = parcel.content();
        if (content == null) {
            return 0;
        }
        byte[] value = lane(way).encode(parcel) ? parcel.value() : null;
        return value == null ? AvroForm.wireBytes(content) : value.length;
    }

    @Override
    public void accept(Way way, Parcel<?> parcel) {
        lane(way).accept(parcel);
    }

    @Override
    public void refuseNew() {
        lanes.values().forEach(Lane::close);
    }

    @Override
    public void during(Runnable waiting) {
        hurry.during(waiting);
    }

    @Override
    public void close(long deadlineNanos) {
        usher.stop();
        for (Lane lane : lanes.values()) {
            lane.abandon().forEach(parcel -> parcel.fail(closedBefore(parcel)));
        }
        inFlight.abandoning();
        // Fails what it still has. Only after that is it settled what became durable in the last moment.
        closeProducer(deadlineNanos);
        serializer.close();
    }

    @Override
    public Optional<SpoolStatus> spool() {
        return Optional.empty();
    }

    private Lane lane(Way way) {
        Lane lane = lanes.get(way);
        if (lane == null) {
            throw new IllegalStateException("each way has a lane, and " + way + " has none");
        }
        return lane;
    }

    private void closeProducer(long deadlineNanos) {
        // An interrupt has ended our waiting and shall end the producer's, but must not keep it from closing.
        boolean interrupted = Thread.interrupted();
        long left = interrupted ? 0 : Math.max(0, deadlineNanos - System.nanoTime());
        try {
            producer.close(Duration.ofNanos(left));
        } catch (RuntimeException e) {
            LOG.warn("Kafka's client did not close in order; what it had is reported as not durable", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static NotDurableException closedBefore(Parcel<?> parcel) {
        return new NotDurableException(
                parcel.id(),
                RefusalReason.ABANDONED,
                "the publisher was closed before it could be sent",
                parcel.hindrance());
    }
}

package io.usageflow.producer.internal;

import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.LinkReceipt;
import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.Undelivered;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.VendorRef;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The publisher on Kafka: one client, three lanes, one usher. */
public final class KafkaUsagePublisher implements UsagePublisher {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaUsagePublisher.class);

    private final AvroForm form;
    private final Producer<byte[], byte[]> producer;
    private final Serializer<SpecificRecord> serializer;
    private final Duration closeTimeout;

    private final Tally tally = new Tally();
    private final InFlight inFlight = new InFlight(tally);
    private final Usher usher = new Usher("usageflow-publisher");
    private final Lane events;
    private final Lane customerLinks;
    private final Lane vendorLinks;

    private final Hurry hurry;
    private @Nullable Undelivered closedWith;

    /** @throws ConfigException naming the key */
    public static KafkaUsagePublisher create(Map<String, ?> given) {
        PublisherSettings settings = PublisherSettings.from(given);
        Serializer<SpecificRecord> serializer = AvroSerdes.valueSerializer(settings.serde());
        try {
            return new KafkaUsagePublisher(settings, new KafkaProducer<>(settings.kafka()), serializer);
        } catch (KafkaException e) {
            serializer.close();
            // Kafka wraps the message that says what is wrong into one that does not.
            throw e.getCause() instanceof ConfigException cause ? cause : e;
        }
    }

    KafkaUsagePublisher(
            PublisherSettings settings, Producer<byte[], byte[]> producer, Serializer<SpecificRecord> serializer) {
        this.form = new AvroForm(settings.source(), settings.limits().eventBytesMax());
        this.producer = producer;
        this.hurry = new Hurry(producer);
        this.serializer = serializer;
        this.closeTimeout = settings.limits().closeTimeout();
        Lane.Bounds bounds = new Lane.Bounds(
                settings.limits().bufferBytesMax(),
                settings.limits().blockMsMax(),
                settings.limits().deliveryTimeoutMs());
        // Only the events' lane learns ahead: who never links needs no rights on the link topics.
        this.events = lane(settings.topics().events(), Samples.event(), bounds, true);
        this.customerLinks = lane(settings.topics().customerLinks(), Samples.customerLink(), bounds, false);
        this.vendorLinks = lane(settings.topics().vendorLinks(), Samples.vendorLink(), bounds, false);
        usher.start(List.of(events, customerLinks, vendorLinks));
    }

    private Lane lane(String topic, SpecificRecord sample, Lane.Bounds bounds, boolean eager) {
        return new Lane(topic, new KafkaOutlet(producer, serializer, topic, sample), bounds, eager, usher::call);
    }

    @Override
    public CompletableFuture<PublishReceipt> publish(UsageEvent event) {
        io.usageflow.schema.UsageEvent avro = tally.formed(() -> form.event(event));
        Parcel<PublishReceipt> parcel = new Parcel<>(
                avro.getId(),
                avro.getAccountId(),
                avro,
                event.traceparent().orElse(null),
                KafkaUsagePublisher::eventReceipt,
                inFlight);
        return send(events, parcel, avro);
    }

    @Override
    public CompletableFuture<LinkReceipt> linkCustomer(String account, CustomerRef customer) {
        return link(customerLinks, account, tally.formed(() -> AvroForm.link(account, customer, Instant.now())));
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkCustomer(String account) {
        return link(
                customerLinks, account, tally.formed(() -> AvroForm.tombstone(LinkRules.accountViolations(account))));
    }

    @Override
    public CompletableFuture<LinkReceipt> linkVendor(String vendor, VendorRef reference) {
        return link(vendorLinks, vendor, tally.formed(() -> AvroForm.link(vendor, reference, Instant.now())));
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkVendor(String vendor) {
        return link(vendorLinks, vendor, tally.formed(() -> AvroForm.tombstone(LinkRules.vendorViolations(vendor))));
    }

    @Override
    public Undelivered flush(Duration timeout) {
        long deadlineNanos = deadline(timeout);
        List<Parcel<?>> awaited = inFlight.snapshot();
        if (!awaited.isEmpty()) {
            hurry.during(() -> inFlight.await(awaited, deadlineNanos));
        }
        return InFlight.report(awaited);
    }

    @Override
    public PublisherStatistics statistics() {
        return tally;
    }

    @Override
    public synchronized Undelivered close(Duration timeout) {
        if (closedWith != null) {
            return closedWith;
        }
        long deadlineNanos = deadline(timeout);
        List<Lane> lanes = List.of(events, customerLinks, vendorLinks);
        lanes.forEach(Lane::close);
        List<Parcel<?>> awaited = inFlight.snapshot();
        if (!awaited.isEmpty()) {
            hurry.during(() -> inFlight.await(awaited, deadlineNanos));
        }
        usher.stop();
        for (Lane lane : lanes) {
            lane.abandon().forEach(parcel -> parcel.fail(closedBefore(parcel)));
        }
        // Fails what it still has. Only after that is it settled what became durable in the last moment.
        closeProducer(deadlineNanos);
        serializer.close();
        closedWith = InFlight.report(awaited);
        return closedWith;
    }

    @Override
    public void close() {
        Undelivered undelivered = close(closeTimeout);
        if (!undelivered.isEmpty()) {
            LOG.error(
                    "closed with events that are not durable, count={} ids={}", undelivered.count(), undelivered.ids());
        }
    }

    private CompletableFuture<LinkReceipt> link(Lane lane, String key, @Nullable SpecificRecord link) {
        Parcel<LinkReceipt> parcel = new Parcel<>(key, key, link, null, KafkaUsagePublisher::linkReceipt, inFlight);
        return send(lane, parcel, link);
    }

    private <R> CompletableFuture<R> send(Lane lane, Parcel<R> parcel, @Nullable SpecificRecord content) {
        int wireBytes = 0;
        if (content != null) {
            byte[] value = lane.encode(parcel) ? parcel.value() : null;
            wireBytes = value == null ? AvroForm.wireBytes(content) : value.length;
            tally.sized(form, wireBytes);
        }
        parcel.weigh(wireBytes);
        inFlight.add(parcel);
        lane.accept(parcel);
        return parcel.future();
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

    private static long deadline(Duration timeout) {
        // A duration beyond what nanoseconds can count is as good as for ever.
        long nanos = timeout.compareTo(Duration.ofDays(36_500)) > 0
                ? TimeUnit.DAYS.toNanos(36_500)
                : Math.max(0, timeout.toNanos());
        return System.nanoTime() + nanos;
    }

    private static PublishReceipt eventReceipt(String id, RecordMetadata at) {
        return new PublishReceipt(id, at.topic(), at.partition(), at.offset(), Instant.ofEpochMilli(at.timestamp()));
    }

    private static LinkReceipt linkReceipt(String key, RecordMetadata at) {
        return new LinkReceipt(key, at.topic(), at.partition(), at.offset(), Instant.ofEpochMilli(at.timestamp()));
    }
}

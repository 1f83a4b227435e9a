package io.usageflow.producer.internal;

import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.LinkReceipt;
import io.usageflow.producer.PublishException;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.Undelivered;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.VendorRef;
import io.usageflow.producer.WhenFull;
import io.usageflow.producer.internal.Passage.Way;
import io.usageflow.schema.net.PlainTraffic;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The publisher on Kafka: checks, counts and remembers what is published, and gives it to its {@link Passage}. */
public final class KafkaUsagePublisher implements UsagePublisher {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaUsagePublisher.class);

    private final AvroForm form;
    private final Duration closeTimeout;

    private final Tally tally = new Tally();
    private final RefusalLog refusals = new RefusalLog(System::nanoTime);
    private final IdCheck ids;
    private final InFlight inFlight;
    private final boolean throwsWhenFull;
    private final Passage passage;
    private @Nullable Undelivered closedWith;

    /** @throws ConfigException naming the key */
    public static KafkaUsagePublisher create(Map<String, ?> given) {
        PublisherSettings settings = PublisherSettings.from(given);
        PlainTraffic.passwordInClear(settings.kafka()).ifPresent(LOG::warn);
        Serializer<SpecificRecord> serializer = EventEncoder.over(AvroSerdes.valueSerializer(settings.serde()));
        try {
            return new KafkaUsagePublisher(settings, serializer);
        } catch (KafkaException e) {
            serializer.close();
            // Kafka wraps the message that says what is wrong into one that does not.
            throw e.getCause() instanceof ConfigException cause ? cause : e;
        }
    }

    private KafkaUsagePublisher(PublisherSettings settings, Serializer<SpecificRecord> serializer) {
        this.form = new AvroForm(settings.source(), settings.limits().eventBytesMax());
        this.ids = new IdCheck(settings.checkIds(), tally, System::nanoTime);
        this.inFlight = new InFlight(tally, refusals, ids);
        this.throwsWhenFull = settings.limits().whenFull() == WhenFull.THROW;
        this.closeTimeout = settings.limits().closeTimeout();
        PublisherSettings.Spool spool = settings.spool();
        this.passage = spool == null
                ? new DirectPassage(settings, new KafkaProducer<>(settings.kafka()), serializer, inFlight)
                : new SpoolPassage(settings, spool, KafkaProducer::new, serializer, inFlight);
    }

    @Override
    public CompletableFuture<PublishReceipt> publish(UsageEvent event) {
        io.usageflow.schema.UsageEvent avro = tally.formed(() -> form.event(event));
        ids.publishing(avro, event.isTimeGiven());
        Parcel<PublishReceipt> parcel = new Parcel<>(
                avro.getId(),
                avro.getAccountId(),
                avro,
                event.traceparent().orElse(null),
                KafkaUsagePublisher::eventReceipt,
                inFlight);
        return send(Way.EVENTS, parcel);
    }

    @Override
    public CompletableFuture<LinkReceipt> linkCustomer(String account, CustomerRef customer) {
        return link(Way.CUSTOMER_LINKS, account, tally.formed(() -> AvroForm.link(account, customer, Instant.now())));
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkCustomer(String account) {
        return link(
                Way.CUSTOMER_LINKS,
                account,
                tally.formed(() -> AvroForm.tombstone(LinkRules.accountViolations(account))));
    }

    @Override
    public CompletableFuture<LinkReceipt> linkVendor(String vendor, VendorRef reference) {
        return link(Way.VENDOR_LINKS, vendor, tally.formed(() -> AvroForm.link(vendor, reference, Instant.now())));
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkVendor(String vendor) {
        return link(
                Way.VENDOR_LINKS, vendor, tally.formed(() -> AvroForm.tombstone(LinkRules.vendorViolations(vendor))));
    }

    @Override
    public Undelivered flush(Duration timeout) {
        long deadlineNanos = deadline(timeout);
        List<Parcel<?>> awaited = inFlight.snapshot();
        if (!awaited.isEmpty()) {
            passage.during(() -> inFlight.await(awaited, deadlineNanos));
        }
        return InFlight.report(awaited);
    }

    @Override
    public PublisherStatistics statistics() {
        return tally;
    }

    @Override
    public Optional<SpoolStatus> spool() {
        return passage.spool();
    }

    @Override
    public synchronized Undelivered close(Duration timeout) {
        if (closedWith != null) {
            return closedWith;
        }
        long deadlineNanos = deadline(timeout);
        passage.refuseNew();
        List<Parcel<?>> awaited = inFlight.snapshot();
        if (!awaited.isEmpty()) {
            passage.during(() -> inFlight.await(awaited, deadlineNanos));
        }
        passage.close(deadlineNanos);
        refusals.end();
        closedWith = InFlight.report(awaited);
        return closedWith;
    }

    @Override
    public void close() {
        Undelivered undelivered = close(closeTimeout);
        if (!undelivered.isEmpty()) {
            LOG.error(
                    "closed with events that are not durable, count={} because={} ids={}",
                    undelivered.count(),
                    undelivered.refused(),
                    VisibleText.line(undelivered.ids().toString()));
        }
    }

    private CompletableFuture<LinkReceipt> link(Way way, String key, @Nullable SpecificRecord link) {
        return send(way, new Parcel<>(key, key, link, null, KafkaUsagePublisher::linkReceipt, inFlight));
    }

    private <R> CompletableFuture<R> send(Way way, Parcel<R> parcel) {
        int wireBytes = passage.measure(way, parcel);
        tally.sized(form, wireBytes);
        parcel.weigh(wireBytes);
        inFlight.add(parcel);
        passage.accept(way, parcel);
        if (throwsWhenFull) {
            throwIfFull(parcel);
        }
        return parcel.future();
    }

    private static void throwIfFull(Parcel<?> parcel) {
        if (parcel.refusedFor() == RefusalReason.BUFFER_FULL || parcel.refusedFor() == RefusalReason.SPOOL_FULL) {
            try {
                // Done already, and by nobody else than this call.
                parcel.future().join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof PublishException full) {
                    throw full;
                }
                throw e;
            }
        }
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

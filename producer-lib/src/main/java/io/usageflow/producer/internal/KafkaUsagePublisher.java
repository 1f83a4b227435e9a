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
import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.producer.internal.accounting.PendingRecords;
import io.usageflow.producer.internal.accounting.PendingRecords.RefusalLog;
import io.usageflow.producer.internal.accounting.PublisherCounters;
import io.usageflow.producer.internal.accounting.SuspectIdDetector;
import io.usageflow.producer.internal.encode.AvroRecords;
import io.usageflow.producer.internal.encode.EventEncoder;
import io.usageflow.producer.internal.settings.PublisherSettings;
import io.usageflow.producer.internal.transport.DirectTransport;
import io.usageflow.producer.internal.transport.SpoolTransport;
import io.usageflow.producer.internal.transport.Transport;
import io.usageflow.producer.internal.transport.Transport.TopicKind;
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

/** The publisher for Kafka: checks, counts and tracks records, and gives them to its {@link Transport}. */
public final class KafkaUsagePublisher implements UsagePublisher {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaUsagePublisher.class);

    private final AvroRecords records;
    private final Duration closeTimeout;

    private final PublisherCounters counters = new PublisherCounters();
    private final RefusalLog refusals = new RefusalLog(System::nanoTime);
    private final SuspectIdDetector suspectIds;
    private final PendingRecords pending;
    private final boolean throwsWhenFull;
    private final Transport transport;
    private @Nullable Undelivered closedWith;

    /**
     * Starts a publisher.
     *
     * @throws ConfigException naming the key
     */
    public static KafkaUsagePublisher create(Map<String, ?> given) {
        PublisherSettings settings = PublisherSettings.from(given);
        PlainTraffic.passwordInClear(settings.kafka()).ifPresent(LOG::warn);
        Serializer<SpecificRecord> serializer = EventEncoder.over(AvroSerdes.valueSerializer(settings.serde()));
        try {
            return new KafkaUsagePublisher(settings, serializer);
        } catch (KafkaException e) {
            serializer.close();
            // Kafka wraps the message that names the error in one that does not.
            throw e.getCause() instanceof ConfigException cause ? cause : e;
        }
    }

    private KafkaUsagePublisher(PublisherSettings settings, Serializer<SpecificRecord> serializer) {
        this.records = new AvroRecords(settings.source(), settings.limits().eventBytesMax());
        this.suspectIds = new SuspectIdDetector(settings.checkIds(), counters, System::nanoTime);
        this.pending = new PendingRecords(counters, refusals, suspectIds);
        this.throwsWhenFull = settings.limits().whenFull() == WhenFull.THROW;
        this.closeTimeout = settings.limits().closeTimeout();
        PublisherSettings.Spool spool = settings.spool();
        this.transport = spool == null
                ? new DirectTransport(settings, new KafkaProducer<>(settings.kafka()), serializer, pending)
                : new SpoolTransport(settings, spool, KafkaProducer::new, serializer, pending);
    }

    @Override
    public CompletableFuture<PublishReceipt> publish(UsageEvent event) {
        io.usageflow.schema.UsageEvent avro = counters.countPublish(() -> records.event(event));
        suspectIds.onPublish(avro, event.isTimeGiven());
        PendingRecord<PublishReceipt> record = new PendingRecord<>(
                avro.getId(),
                avro.getAccountId(),
                avro,
                event.traceparent().orElse(null),
                KafkaUsagePublisher::eventReceipt,
                pending);
        return send(TopicKind.EVENTS, record);
    }

    @Override
    public CompletableFuture<LinkReceipt> linkCustomer(String account, CustomerRef customer) {
        return link(
                TopicKind.CUSTOMER_LINKS,
                account,
                counters.countPublish(() -> AvroRecords.link(account, customer, Instant.now())));
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkCustomer(String account) {
        return link(
                TopicKind.CUSTOMER_LINKS,
                account,
                counters.countPublish(() -> AvroRecords.tombstone(LinkRules.accountViolations(account))));
    }

    @Override
    public CompletableFuture<LinkReceipt> linkVendor(String vendor, VendorRef reference) {
        return link(
                TopicKind.VENDOR_LINKS,
                vendor,
                counters.countPublish(() -> AvroRecords.link(vendor, reference, Instant.now())));
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkVendor(String vendor) {
        return link(
                TopicKind.VENDOR_LINKS,
                vendor,
                counters.countPublish(() -> AvroRecords.tombstone(LinkRules.vendorViolations(vendor))));
    }

    @Override
    public Undelivered flush(Duration timeout) {
        long deadlineNanos = deadline(timeout);
        List<PendingRecord<?>> awaited = pending.snapshot();
        if (!awaited.isEmpty()) {
            transport.flushWhile(() -> pending.await(awaited, deadlineNanos));
        }
        return PendingRecords.report(awaited);
    }

    @Override
    public PublisherStatistics statistics() {
        return counters;
    }

    @Override
    public Optional<SpoolStatus> spool() {
        return transport.spool();
    }

    @Override
    public synchronized Undelivered close(Duration timeout) {
        if (closedWith != null) {
            return closedWith;
        }
        long deadlineNanos = deadline(timeout);
        transport.stopAccepting();
        List<PendingRecord<?>> awaited = pending.snapshot();
        if (!awaited.isEmpty()) {
            transport.flushWhile(() -> pending.await(awaited, deadlineNanos));
        }
        transport.close(deadlineNanos);
        refusals.end();
        closedWith = PendingRecords.report(awaited);
        return closedWith;
    }

    @Override
    public void close() {
        Undelivered undelivered = close(closeTimeout);
        if (!undelivered.isEmpty()) {
            LOG.error(
                    "event=closed_with_undelivered count={} reasons={} ids={}",
                    undelivered.count(),
                    undelivered.refused(),
                    VisibleText.line(undelivered.ids().toString()));
        }
    }

    private CompletableFuture<LinkReceipt> link(TopicKind kind, String key, @Nullable SpecificRecord link) {
        return send(kind, new PendingRecord<>(key, key, link, null, KafkaUsagePublisher::linkReceipt, pending));
    }

    private <R> CompletableFuture<R> send(TopicKind kind, PendingRecord<R> record) {
        int wireBytes = transport.encodedBytes(kind, record);
        counters.checkSize(records, wireBytes);
        record.setWireBytes(wireBytes);
        pending.add(record);
        transport.accept(kind, record);
        if (throwsWhenFull) {
            throwIfFull(record);
        }
        return record.future();
    }

    private static void throwIfFull(PendingRecord<?> record) {
        if (record.refusedFor() == RefusalReason.BUFFER_FULL || record.refusedFor() == RefusalReason.SPOOL_FULL) {
            try {
                // Already done, by this call itself.
                record.future().join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof PublishException full) {
                    throw full;
                }
                throw e;
            }
        }
    }

    private static long deadline(Duration timeout) {
        // Durations that do not fit into nanoseconds count as 100 years.
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

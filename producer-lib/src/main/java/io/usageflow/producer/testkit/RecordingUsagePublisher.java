package io.usageflow.producer.testkit;

import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.LinkReceipt;
import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.PublishException;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.PublisherClosedException;
import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.Undelivered;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.VendorRef;
import io.usageflow.producer.internal.accounting.PublisherCounters;
import io.usageflow.producer.internal.encode.AvroRecords;
import io.usageflow.schema.Source;
import io.usageflow.schema.registry.http.RegistryClientSettings;
import io.usageflow.schema.rule.EventRules;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * A publisher that records events as the real one would send them: the same rules and exceptions, and events that were
 * encoded and decoded with Avro. Its futures are complete on return. Thread-safe.
 */
public final class RecordingUsagePublisher implements UsagePublisher {
    private static final Topics TOPICS = Topics.withDefaultPrefix();
    private static final Map<String, String> REGISTRY =
            Map.of(RegistryClientSettings.URL, "mock://io.usageflow.producer.testkit");
    private static final Serializer<io.usageflow.schema.UsageEvent> SERIALIZER = AvroSerdes.valueSerializer(REGISTRY);
    private static final Deserializer<io.usageflow.schema.UsageEvent> DESERIALIZER =
            AvroSerdes.valueDeserializer(REGISTRY, io.usageflow.schema.UsageEvent.class);

    private final AvroRecords records =
            new AvroRecords(new Source("recording", "test", "test"), EventRules.EVENT_BYTES_MAX);

    private final PublisherCounters counters = new PublisherCounters();
    private final List<io.usageflow.schema.UsageEvent> events = new ArrayList<>();
    private final Map<String, CustomerRef> customerLinks = new LinkedHashMap<>();
    private final Map<String, VendorRef> vendorLinks = new LinkedHashMap<>();
    private final Map<String, Long> offsets = new LinkedHashMap<>();
    private int failures;
    private Function<String, PublishException> failure = RecordingUsagePublisher::outage;
    private boolean closed;

    /** The next {@code n} events and links fail with {@link NotDurableException}, and are not recorded. */
    public synchronized void failNext(int n) {
        failNext(n, RecordingUsagePublisher::outage);
    }

    /**
     * The next {@code n} events and links fail, and are not recorded.
     *
     * @param n 0 or more; replaces what an earlier call left
     * @param how the failure of an id, such as {@code id -> new BufferFullException(id, 33554432)}
     */
    public synchronized void failNext(int n, Function<String, PublishException> how) {
        failures = n;
        failure = how;
    }

    /** All published events, in order; an id that was published twice occurs twice. */
    public synchronized List<io.usageflow.schema.UsageEvent> events() {
        return List.copyOf(events);
    }

    /** The events of one type, in order. */
    public List<io.usageflow.schema.UsageEvent> events(String eventType) {
        return events().stream()
                .filter(event -> event.getEventType().equals(eventType))
                .toList();
    }

    /** The current links of customers, by account. */
    public synchronized Map<String, CustomerRef> customerLinks() {
        return Map.copyOf(customerLinks);
    }

    /** The current links of vendors, by vendor. */
    public synchronized Map<String, VendorRef> vendorLinks() {
        return Map.copyOf(vendorLinks);
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /** Forgets all events, links and ordered failures; open again if it was closed. */
    public synchronized void clear() {
        events.clear();
        customerLinks.clear();
        vendorLinks.clear();
        offsets.clear();
        failures = 0;
        closed = false;
    }

    @Override
    public CompletableFuture<PublishReceipt> publish(UsageEvent event) {
        io.usageflow.schema.UsageEvent avro = counters.countPublish(() -> records.event(event));
        byte[] value = SERIALIZER.serialize(TOPICS.events(), avro);
        counters.checkSize(records, value.length);
        io.usageflow.schema.UsageEvent read = DESERIALIZER.deserialize(TOPICS.events(), value);
        return record(
                TOPICS.events(),
                read.getId(),
                () -> events.add(read),
                offset -> new PublishReceipt(read.getId(), TOPICS.events(), 0, offset, Instant.now()));
    }

    @Override
    public CompletableFuture<LinkReceipt> linkCustomer(String account, CustomerRef customer) {
        counters.countPublish(() -> AvroRecords.link(account, customer, Instant.now()));
        return link(TOPICS.customerLinks(), account, () -> customerLinks.put(account, customer));
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkCustomer(String account) {
        counters.countPublish(() -> AvroRecords.tombstone(LinkRules.accountViolations(account)));
        return link(TOPICS.customerLinks(), account, () -> customerLinks.remove(account));
    }

    @Override
    public CompletableFuture<LinkReceipt> linkVendor(String vendor, VendorRef reference) {
        counters.countPublish(() -> AvroRecords.link(vendor, reference, Instant.now()));
        return link(TOPICS.vendorLinks(), vendor, () -> vendorLinks.put(vendor, reference));
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkVendor(String vendor) {
        counters.countPublish(() -> AvroRecords.tombstone(LinkRules.vendorViolations(vendor)));
        return link(TOPICS.vendorLinks(), vendor, () -> vendorLinks.remove(vendor));
    }

    /** Nothing is ever in flight here. */
    @Override
    public Undelivered flush(Duration timeout) {
        return Undelivered.NOTHING;
    }

    @Override
    public PublisherStatistics statistics() {
        return counters;
    }

    @Override
    public synchronized Undelivered close(Duration timeout) {
        closed = true;
        return Undelivered.NOTHING;
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    private CompletableFuture<LinkReceipt> link(String topic, String key, Runnable change) {
        return record(topic, key, change, offset -> new LinkReceipt(key, topic, 0, offset, Instant.now()));
    }

    private synchronized <R> CompletableFuture<R> record(
            String topic, String id, Runnable change, Function<Long, R> receipt) {
        PublishException refusal = refusal(id);
        if (refusal != null) {
            counters.addRefused(refusal.reason());
            return CompletableFuture.failedFuture(refusal);
        }
        change.run();
        counters.addDurable(0);
        long offset = offsets.merge(topic, 1L, Long::sum) - 1;
        return CompletableFuture.completedFuture(receipt.apply(offset));
    }

    private @Nullable PublishException refusal(String id) {
        if (closed) {
            return new PublisherClosedException(id);
        }
        if (failures == 0) {
            return null;
        }
        failures--;
        return failure.apply(id);
    }

    private static PublishException outage(String id) {
        return new NotDurableException(id, "the test asked for this failure", null);
    }
}

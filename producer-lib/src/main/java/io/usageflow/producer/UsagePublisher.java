package io.usageflow.producer;

import io.usageflow.producer.internal.KafkaUsagePublisher;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes usage events without losing one, and without making the caller wait. Thread-safe; use one per application.
 *
 * <pre>{@code
 * UsagePublisher publisher = UsagePublisher.create(Map.of("bootstrap.servers", "…", "schema.registry.url", "…"));
 * publisher.publish(UsageEvent.of("message_completed").id(EventId.derive("message", message.id())).account("acct_42"));
 * publisher.close(Duration.ofSeconds(30));
 * }</pre>
 *
 * <p><b>Futures.</b> A future completes when all in-sync replicas have the event, or fails with a {@link
 * PublishException}. It completes on Kafka's own thread, which sends for all callers: use {@code thenApplyAsync} and
 * similar methods for work that takes long or waits for another future. Cancelling a future does not take the event
 * back.
 *
 * <p><b>Waiting.</b> No call waits for Kafka or for the registry, not even the first. Until both have answered, events
 * wait in memory, in order, while {@code buffer.memory} has room. If it is full, the future fails at once, unless
 * {@code publish.max.block.ms} or {@code publish.on.full} is set otherwise. Events in memory are lost with the process:
 * if the application cannot report a usage again, it should await the future first.
 *
 * <p><b>Order.</b> Kafka has the events of one account in the order in which one thread published them. A refused event
 * does not block later ones.
 */
public interface UsagePublisher extends AutoCloseable {

    /**
     * A publisher for Kafka. Returns at once; connects in the background.
     *
     * @param settings Kafka's producer settings, the schema registry's and {@link PublisherConfig}'s, as one map
     *     (docs/producer.md)
     * @throws org.apache.kafka.common.config.ConfigException naming the key that is missing, wrong, unknown or fixed
     */
    static UsagePublisher create(Map<String, ?> settings) {
        return KafkaUsagePublisher.create(settings);
    }

    /** The same, with methods for the most common settings. */
    static PublisherBuilder builder() {
        return new PublisherBuilder();
    }

    /**
     * Publishes one event. The same value may be published again after any failure: it keeps its id, so it is a
     * duplicate and not a second charge.
     *
     * @throws InvalidUsageEventException if the event breaks a rule; nothing was sent
     * @throws BufferFullException only with {@code publish.on.full=throw}; nothing was sent
     * @throws SpoolFullException the same
     */
    CompletableFuture<PublishReceipt> publish(UsageEvent event);

    /**
     * Publishes a cost without usage, as an event of type {@value UsageEvent#COST_RECORDED}. For several costs or
     * another type, {@link #publish} an event of {@link UsageEvent#forCosts}.
     *
     * @param id required, because imports of costs are often repeated; derive it from the invoice's line
     * @throws InvalidUsageEventException if the cost breaks a rule; nothing was sent
     */
    default CompletableFuture<PublishReceipt> publishCost(EventId id, String account, Cost cost) {
        return publish(UsageEvent.forCosts(account, cost).id(id));
    }

    /**
     * Links an account to its customer at Credyt; replaces an earlier link. Events that wait for it are released.
     *
     * @throws InvalidUsageEventException if the account or the reference breaks a rule; nothing was sent
     */
    CompletableFuture<LinkReceipt> linkCustomer(String account, CustomerRef customer);

    /**
     * Removes an account's link; later events of the account wait for a new one. Events that passed are not affected.
     *
     * @throws InvalidUsageEventException if the account breaks a rule; nothing was sent
     */
    CompletableFuture<LinkReceipt> unlinkCustomer(String account);

    /**
     * Links a vendor's name, as costs use it, to the vendor at Credyt; replaces an earlier link.
     *
     * @throws InvalidUsageEventException if the name or the reference breaks a rule; nothing was sent
     */
    CompletableFuture<LinkReceipt> linkVendor(String vendor, VendorRef reference);

    /**
     * Removes a vendor's link.
     *
     * @throws InvalidUsageEventException if the name breaks a rule; nothing was sent
     */
    CompletableFuture<LinkReceipt> unlinkVendor(String vendor);

    /**
     * Sends all published events at once, and waits until they are durable or have failed, or the timeout passes. Other
     * threads may keep publishing. An interrupt ends the wait and stays set.
     *
     * @return the events that were in flight at the call and are not durable now: still in flight, or failed
     */
    Undelivered flush(Duration timeout);

    /** Counters and records in flight; for metrics, use {@link io.usageflow.producer.metrics.PublisherMetrics}. */
    PublisherStatistics statistics();

    /** The state of the local spool; empty without {@code spool.dir}. Cheap. */
    default Optional<SpoolStatus> spool() {
        return Optional.empty();
    }

    /**
     * Refuses new events ({@link PublisherClosedException}), waits for those in flight until the timeout, fails the
     * rest ({@link NotDurableException}) and releases all resources. A second call does nothing and returns the same
     * result.
     *
     * @return the events that were in flight at the call and are not known to be durable
     */
    Undelivered close(Duration timeout);

    /**
     * {@link #close(Duration)} with {@code publish.close.timeout.ms}, 30 s by default; logs events that are not
     * durable.
     */
    @Override
    void close();
}

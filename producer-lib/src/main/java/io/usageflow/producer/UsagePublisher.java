package io.usageflow.producer;

import io.usageflow.producer.internal.KafkaUsagePublisher;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Publishes usage events so that none is lost and none makes its caller wait. Thread-safe; one for a whole application.
 *
 * <pre>{@code
 * UsagePublisher publisher = UsagePublisher.create(Map.of("bootstrap.servers", "…", "schema.registry.url", "…"));
 * publisher.publish(UsageEvent.of("message_completed").id(EventId.derive("message", message.id())).account("acct_42"));
 * publisher.close(Duration.ofSeconds(30));
 * }</pre>
 *
 * <p><b>Futures.</b> A future is completed when all in-sync replicas have the event, or fails with a {@link
 * PublishException}. It is completed on Kafka's own thread, which sends for everybody: what takes long, or waits for
 * another future, belongs into {@code thenApplyAsync} and its like. Cancelling a future does not take the event back.
 *
 * <p><b>Waiting.</b> No call waits for Kafka or for the registry, not even the first. Until both have answered, events
 * wait in memory, in order, as long as {@code buffer.memory} has room; a full buffer fails the future at once, unless
 * {@code publish.max.block.ms} lets the caller wait for room or {@code publish.on.full} says otherwise. What a process holds in memory dies with it: whoever cannot
 * report the usage again should await the future before calling it done.
 *
 * <p><b>Order.</b> The events of one account stand in Kafka in the order in which one thread published them. An event that
 * was refused does not hold up the following ones.
 */
public interface UsagePublisher extends AutoCloseable {

    /**
     * A publisher on Kafka. Returns at once; connects in the background.
     *
     * @param settings Kafka's producer settings, the schema registry's and ours, as one map (docs/producer.md)
     * @throws org.apache.kafka.common.config.ConfigException naming the key that is missing, wrong, unknown, or not to be set
     */
    static UsagePublisher create(Map<String, ?> settings) {
        return KafkaUsagePublisher.create(settings);
    }

    /** The same with names for what is set most. */
    static PublisherBuilder builder() {
        return new PublisherBuilder();
    }

    /**
     * Publishes one event. The same value may be published again after any failure: it keeps its id, so it is a duplicate
     * and no second charge.
     *
     * @throws InvalidUsageEventException if the event breaks a rule; nothing was sent
     * @throws BufferFullException only with {@code publish.on.full=throw}; nothing was sent
     * @throws SpoolFullException the same
     */
    CompletableFuture<PublishReceipt> publish(UsageEvent event);

    /**
     * Publishes a cost that is known apart from usage, as an event of type {@value UsageEvent#COST_RECORDED}. For several
     * costs or another type, {@link #publish} what {@link UsageEvent#forCosts} makes.
     *
     * @param id required: costs come from imports, which are repeated; derive it from the invoice's line
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
     * Sends at once what has been published, and waits until it is durable, has failed, or the time is over. Does not stop
     * others from publishing. An interrupt ends the waiting and stays set.
     *
     * @return what was in flight at the call and is not durable now: still under way, or failed
     */
    Undelivered flush(Duration timeout);

    /** What it has done and has under way; for metrics, {@link io.usageflow.producer.metrics.PublisherMetrics}. */
    PublisherStatistics statistics();

    /** How the local spool stands; empty without {@code spool.dir}. Cheap: may be asked at any time. */
    default Optional<SpoolStatus> spool() {
        return Optional.empty();
    }

    /**
     * Refuses new events ({@link PublisherClosedException}), waits for those in flight until the time is over, fails the
     * rest ({@link NotDurableException}) and releases everything. A second call does nothing and answers the same.
     *
     * @return what was in flight at the call and is not known to be durable
     */
    Undelivered close(Duration timeout);

    /** {@link #close(Duration)} with {@code publish.close.timeout.ms}, 30 s by default; what is not durable goes to the log. */
    @Override
    void close();
}

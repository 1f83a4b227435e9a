package io.usageflow.forwarder.links;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.publish.PublisherConnection;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.LinkReceipt;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.VendorRef;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes links through the publisher that services use, so that the same rules and the same partitions hold. Close it.
 */
public final class LinkWriter implements AutoCloseable {
    private static final int IN_FLIGHT_MAX = 10_000;

    private final UsagePublisher publisher;

    LinkWriter(UsagePublisher publisher) {
        this.publisher = publisher;
    }

    /** As {@link PublisherConnection#open}. */
    public static LinkWriter open(Settings settings, LinkKind kind) {
        return new LinkWriter(
                PublisherConnection.open(settings, kind.topic(settings.topics().names())));
    }

    /**
     * The result of an import.
     *
     * @param durable links that all in-sync replicas have
     * @param failed links that are not known to be durable; importing the file again writes what is missing
     */
    public record Written(long durable, long failed) {}

    /**
     * Writes the new and the changed ones, and waits until each is durable or known not to be.
     *
     * @param failures takes the line's number and why; called by any thread, one at a time
     */
    public Written write(LinkPlan plan, BiConsumer<Long, String> failures) throws InterruptedException {
        var room = new Semaphore(IN_FLIGHT_MAX);
        var durable = new AtomicLong();
        var failed = new AtomicLong();
        for (LinkFile.Row row : plan.toWrite()) {
            room.acquire();
            var unused = put(row.link()).whenComplete((receipt, failure) -> {
                if (failure == null) {
                    durable.incrementAndGet();
                } else {
                    failed.incrementAndGet();
                    report(failures, row.line(), failure);
                }
                room.release();
            });
        }
        // Every future ends within the producer's own delivery time-out.
        room.acquire(IN_FLIGHT_MAX);
        return new Written(durable.get(), failed.get());
    }

    private synchronized void report(BiConsumer<Long, String> failures, long line, Throwable failure) {
        @Nullable Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        failures.accept(line, String.valueOf((cause == null ? failure : cause).getMessage()));
    }

    /**
     * Writes one link.
     *
     * @throws io.usageflow.producer.InvalidUsageEventException if the link breaks a rule; nothing is sent
     */
    public CompletableFuture<LinkReceipt> put(Link link) {
        Reference reference = link.reference();
        return link.kind() == LinkKind.CUSTOMER
                ? publisher.linkCustomer(
                        link.name(), new CustomerRef(reference.kind(), reference.value(), reference.credytAccount()))
                : publisher.linkVendor(
                        link.name(), new VendorRef(reference.kind(), reference.value(), reference.credytAccount()));
    }

    /** Takes the name's link away. */
    public CompletableFuture<LinkReceipt> remove(LinkKind kind, String name) {
        return kind == LinkKind.CUSTOMER ? publisher.unlinkCustomer(name) : publisher.unlinkVendor(name);
    }

    @Override
    public void close() {
        publisher.close();
    }
}

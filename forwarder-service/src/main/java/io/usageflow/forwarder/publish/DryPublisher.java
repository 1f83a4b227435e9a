package io.usageflow.forwarder.publish;

import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.LinkReceipt;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.Undelivered;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.VendorRef;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** Sends nothing: {@link PublishRun} has already checked the events. Thread-safe. */
public final class DryPublisher implements UsagePublisher {
    @Override
    public CompletableFuture<PublishReceipt> publish(UsageEvent event) {
        return CompletableFuture.completedFuture(new PublishReceipt(event.id().value(), "", -1, -1, Instant.EPOCH));
    }

    @Override
    public CompletableFuture<LinkReceipt> linkCustomer(String account, CustomerRef customer) {
        throw onlyEvents();
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkCustomer(String account) {
        throw onlyEvents();
    }

    @Override
    public CompletableFuture<LinkReceipt> linkVendor(String vendor, VendorRef reference) {
        throw onlyEvents();
    }

    @Override
    public CompletableFuture<LinkReceipt> unlinkVendor(String vendor) {
        throw onlyEvents();
    }

    private static UnsupportedOperationException onlyEvents() {
        return new UnsupportedOperationException("a dry run is for events");
    }

    @Override
    public Undelivered flush(Duration timeout) {
        return Undelivered.NOTHING;
    }

    @Override
    public PublisherStatistics statistics() {
        throw onlyEvents();
    }

    @Override
    public Undelivered close(Duration timeout) {
        return Undelivered.NOTHING;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}

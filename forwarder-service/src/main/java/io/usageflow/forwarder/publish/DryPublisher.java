package io.usageflow.forwarder.publish;

import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.LinkReceipt;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.Undelivered;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.VendorRef;
import io.usageflow.producer.internal.AvroForm;
import io.usageflow.producer.internal.Tally;
import io.usageflow.schema.Source;
import io.usageflow.schema.rule.EventRules;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/** Checks events by all rules of the publisher, and sends nothing. Thread-safe. */
public final class DryPublisher implements UsagePublisher {
    private final AvroForm form =
            new AvroForm(new Source("usageflow-cli", "dry-run", "dry-run"), EventRules.EVENT_BYTES_MAX);

    private final Tally tally = new Tally();

    @Override
    public CompletableFuture<PublishReceipt> publish(UsageEvent event) {
        io.usageflow.schema.UsageEvent avro = tally.formed(() -> form.event(event));
        tally.sized(form, AvroForm.wireBytes(avro));
        tally.addDurable(0);
        return CompletableFuture.completedFuture(new PublishReceipt(avro.getId(), "", -1, -1, Instant.EPOCH));
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
        return tally;
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

package io.usageflow.forwarder.admission.gate;

import io.usageflow.forwarder.catalogue.cache.CatalogueMeters;
import io.usageflow.forwarder.catalogue.cache.Forecasts;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.UsageEvent;
import java.util.Optional;

/** Counts whether Credyt will bill the events that go to delivery. Belongs to one task. */
public final class BillingGate {
    private final Optional<Billing> billing;

    /** What the process knows of Credyt's catalogue. Thread-safe. */
    public record Billing(Forecasts forecasts, CatalogueMeters meters) {}

    /** @param billing empty in a process that does not read the catalogue */
    public BillingGate(Optional<Billing> billing) {
        this.billing = billing;
    }

    /** Counts an event that goes to delivery. */
    public void count(UsageEvent event, CredytReference customer) {
        billing.ifPresent(known -> known.meters()
                .count(
                        event.getEventType(),
                        known.forecasts()
                                .of(
                                        new Reference(customer.getKind(), customer.getValue()),
                                        event.getEventType(),
                                        event.getData())));
    }
}

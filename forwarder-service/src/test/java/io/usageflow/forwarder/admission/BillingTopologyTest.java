package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.Events.event;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.ASSISTANT;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.subscribed;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.catalogue.CustomerReading;
import io.usageflow.forwarder.catalogue.SampleCatalogue;
import io.usageflow.forwarder.catalogue.cache.CatalogueCache;
import io.usageflow.forwarder.config.CatalogueSettings;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What admission does with an event that Credyt would not bill. */
class BillingTopologyTest extends TopologyFixture {
    private final AtomicLong nanos = new AtomicLong();
    private final CatalogueCache catalogue = new CatalogueCache(
            new CatalogueSettings(
                    true, Duration.ofMinutes(1), Duration.ofMinutes(15), 100, 10, Set.of("cost_recorded")),
            nanos::get);

    @Override
    AdmissionDriver open(Path folder) {
        AdmissionDriver driver = new AdmissionDriver(folder, catalogue);
        driver.linkCustomer("acct_1", "cust-1");
        return driver;
    }

    @Test
    void shouldCountWhetherAnEventIsBilledAndAdmitIt() {
        admission.publish(event("req-1"));
        catalogue.store(SampleCatalogue.of(ASSISTANT));
        catalogue.store(Map.of(
                new Reference(ReferenceKind.EXTERNAL_ID, "cust-1"),
                new CustomerReading.Subscribed(subscribed("assistant"))));
        admission.publish(event("req-2"));
        admission.publish(event("req-2"));
        admission.publish(typed("req-3", "mesage_completed"));
        admission.publish(typed("req-4", "cost_recorded"));

        assertThat(admission.deliveredIds()).containsExactly("req-1", "req-2", "req-3", "req-4");
        assertThat(counted("usageflow.catalogue.unjudged", "cause", "not_read")).isEqualTo(1);
        assertThat(counted("usageflow.catalogue.unjudged", "cause", "free")).isEqualTo(1);
        assertThat(counted("usageflow.catalogue.billable", "event_type", "message_completed"))
                .isEqualTo(1);
        assertThat(counted("usageflow.catalogue.not.billable", "cause", "no_price_for_event_type"))
                .isEqualTo(1);
    }

    private static UsageEvent typed(String id, String eventType) {
        UsageEvent event = event(id);
        event.setEventType(eventType);
        return event;
    }

    private double counted(String meter, String tag, String value) {
        return admission.meters.get(meter).tag(tag, value).counter().count();
    }
}

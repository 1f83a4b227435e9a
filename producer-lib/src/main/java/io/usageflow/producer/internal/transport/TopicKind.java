package io.usageflow.producer.internal.transport;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.topic.Topics;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** The topics that a publisher writes to. */
public enum TopicKind {
    EVENTS("events"),
    CUSTOMER_LINKS("customer-links"),
    VENDOR_LINKS("vendor-links");

    private static final CredytReference REFERENCE = new CredytReference(ReferenceKind.EXTERNAL_ID, "-");

    private final String label;

    TopicKind(String label) {
        this.label = label;
    }

    /** Names the topic in client ids and in the spool's directories. */
    String label() {
        return label;
    }

    String topic(Topics topics) {
        return switch (this) {
            case EVENTS -> topics.events();
            case CUSTOMER_LINKS -> topics.customerLinks();
            case VENDOR_LINKS -> topics.vendorLinks();
        };
    }

    /** A record that is encoded ahead of time, to register the topic's schema. Never sent. */
    // With the constructor: the generated builder looks up each default in Avro's list of trusted classes, which has
    // none
    // of ours.
    @SuppressWarnings("NullAway") // The generated constructor does not declare that optional fields take null.
    public SpecificRecord probe() {
        return switch (this) {
            case EVENTS ->
                new UsageEvent("-", "-", Instant.EPOCH, "-", null, null, null, null, Map.of(), List.of(), null);
            case CUSTOMER_LINKS -> new CustomerLink("-", REFERENCE, Instant.EPOCH);
            case VENDOR_LINKS -> new VendorLink("-", REFERENCE, Instant.EPOCH);
        };
    }
}

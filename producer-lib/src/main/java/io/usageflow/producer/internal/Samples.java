package io.usageflow.producer.internal;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** A record of each kind, encoded ahead of time to register its schema; never sent. */
final class Samples {
    private static final CredytReference REFERENCE = new CredytReference(ReferenceKind.EXTERNAL_ID, "-");

    private Samples() {}

    static SpecificRecord of(Passage.Way way) {
        return switch (way) {
            case EVENTS -> event();
            case CUSTOMER_LINKS -> customerLink();
            case VENDOR_LINKS -> vendorLink();
        };
    }

    // By the constructor: the generated builder asks Avro's list of trusted classes for each default, which has none of
    // ours.
    @SuppressWarnings("NullAway") // null for an optional field, which generated code does not say
    static UsageEvent event() {
        return new UsageEvent("-", "-", Instant.EPOCH, "-", null, null, null, null, Map.of(), List.of(), null);
    }

    private static CustomerLink customerLink() {
        return new CustomerLink("-", REFERENCE, Instant.EPOCH);
    }

    private static VendorLink vendorLink() {
        return new VendorLink("-", REFERENCE, Instant.EPOCH);
    }
}

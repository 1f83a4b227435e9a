package io.usageflow.producer.internal;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import java.time.Instant;

/** A record of each kind, encoded ahead of time to register its schema; never sent. */
final class Samples {
    private static final CredytReference REFERENCE = new CredytReference(ReferenceKind.EXTERNAL_ID, "-");

    private Samples() {}

    static UsageEvent event() {
        return UsageEvent.newBuilder()
                .setId("-")
                .setEventType("-")
                .setAccountId("-")
                .setOccurredAt(Instant.EPOCH)
                .build();
    }

    static CustomerLink customerLink() {
        return new CustomerLink("-", REFERENCE, Instant.EPOCH);
    }

    static VendorLink vendorLink() {
        return new VendorLink("-", REFERENCE, Instant.EPOCH);
    }
}

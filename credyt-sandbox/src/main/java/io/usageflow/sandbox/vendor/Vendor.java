package io.usageflow.sandbox.vendor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A vendor, as {@code POST /vendors} made it. */
public record Vendor(
        String id, @Nullable String externalId, @Nullable String name, Instant createdAt) {
    /** How totals and logs call it: the publisher's own id where there is one. */
    public String label() {
        return externalId == null ? id : externalId;
    }
}

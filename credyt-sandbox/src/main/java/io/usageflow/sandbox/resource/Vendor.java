package io.usageflow.sandbox.resource;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A vendor, as {@code POST /vendors} made it and as the API shows it. */
public record Vendor(
        String id, @Nullable String externalId, @Nullable String name, Instant createdAt) {
    /** The name in totals: the publisher's own id if there is one. */
    public String label() {
        return externalId == null ? id : externalId;
    }
}

package io.usageflow.sandbox.vendor;

import io.usageflow.sandbox.json.Ids;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All vendors. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Vendors {
    private final Map<String, Vendor> byId = new LinkedHashMap<>();
    private final Map<String, Vendor> byExternalId = new LinkedHashMap<>();

    /** @throws IllegalArgumentException where the external id is taken */
    public Vendor create(@Nullable String externalId, @Nullable String name, Instant now) {
        if (externalId != null && byExternalId.containsKey(externalId)) {
            throw new IllegalArgumentException("a vendor with external_id " + externalId + " exists");
        }
        Vendor vendor = new Vendor(Ids.next("vnd_"), externalId, name, now);
        byId.put(vendor.id(), vendor);
        if (externalId != null) {
            byExternalId.put(externalId, vendor);
        }
        return vendor;
    }

    public Optional<Vendor> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    public Optional<Vendor> byExternalId(String externalId) {
        return Optional.ofNullable(byExternalId.get(externalId));
    }

    public Collection<Vendor> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    public void clear() {
        byId.clear();
        byExternalId.clear();
    }
}

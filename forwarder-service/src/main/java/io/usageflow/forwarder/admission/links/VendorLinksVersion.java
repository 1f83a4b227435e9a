package io.usageflow.forwarder.admission.links;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Goes up whenever a vendor link has come or gone, so that the tasks of this process notice. The global thread bumps it
 * after its write; tasks only compare. Thread-safe. Not kept: a starting task looks at everything it has parked anyway.
 */
public final class VendorLinksVersion {
    private final AtomicLong version = new AtomicLong();

    public long current() {
        return version.get();
    }

    void bump() {
        version.incrementAndGet();
    }
}

package io.usageflow.sandbox.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.customer.Customer;
import io.usageflow.sandbox.json.Json;
import java.util.List;

/**
 * An event that was accepted. Small, for there may be millions: its JSON as it came, and its fees. Guarded by the lock of
 * {@link io.usageflow.sandbox.books.Books}.
 */
public final class StoredEvent {
    private final Customer customer;
    private final long receivedAtMs;
    private byte[] raw;
    private List<Fee> fees;

    StoredEvent(Customer customer, long receivedAtMs, byte[] raw, List<Fee> fees) {
        this.customer = customer;
        this.receivedAtMs = receivedAtMs;
        this.raw = raw;
        this.fees = fees;
    }

    public Customer customer() {
        return customer;
    }

    /** Milliseconds since the epoch. */
    public long receivedAtMs() {
        return receivedAtMs;
    }

    /** The event's own JSON, parsed anew at each call. */
    public ObjectNode json() {
        return Json.readStored(raw);
    }

    public List<Fee> fees() {
        return fees;
    }

    byte[] raw() {
        return raw;
    }

    void replaceFees(List<Fee> changed) {
        fees = changed;
    }

    void replaceContent(byte[] changed) {
        raw = changed;
    }
}

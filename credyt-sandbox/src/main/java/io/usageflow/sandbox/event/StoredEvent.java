package io.usageflow.sandbox.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import io.usageflow.sandbox.product.Fee;
import io.usageflow.sandbox.resource.SandboxCustomer;
import java.time.Instant;
import java.util.List;

/**
 * An event that was accepted: its JSON as it came, and its fees. Small, since there may be millions. Not thread-safe.
 */
public final class StoredEvent {
    private final SandboxCustomer customer;
    private final long receivedAtMs;
    private byte[] raw;
    private List<Fee> fees = List.of();

    StoredEvent(SandboxCustomer customer, long receivedAtMs, byte[] raw) {
        this.customer = customer;
        this.receivedAtMs = receivedAtMs;
        this.raw = raw;
    }

    public SandboxCustomer customer() {
        return customer;
    }

    /** The event's own JSON, parsed at each call. */
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

    /** As {@code GET /events/{id}} shows it: its content, its customer and its fees. */
    public ObjectNode view() {
        return json().put("customer_id", customer.id())
                .put("customer_external_id", customer.externalId())
                .put("created_at", Times.write(Instant.ofEpochMilli(receivedAtMs)))
                .putPOJO("fees", fees);
    }
}

package io.usageflow.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.event.Fee;
import io.usageflow.sandbox.event.StoredEvent;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import java.time.Instant;
import java.util.List;

/** A stored event as {@code GET /events/{id}} shows it: what was sent, whose it is, and its fees. */
public final class EventView {
    private EventView() {}

    public static ObjectNode full(StoredEvent event) {
        ObjectNode json = event.json();
        json.put("customer_id", event.customer().id());
        json.put("customer_external_id", event.customer().externalId());
        json.put("created_at", Times.write(Instant.ofEpochMilli(event.receivedAtMs())));
        json.set("fees", fees(event.fees()));
        return json;
    }

    static ArrayNode fees(List<Fee> fees) {
        ArrayNode json = Json.array();
        for (Fee fee : fees) {
            ObjectNode entry = json.addObject().put("amount", fee.amount()).put("asset", fee.asset());
            if (fee.version() != null) {
                entry.put("product_id", fee.version().productId());
                entry.put("product_code", fee.version().productCode());
                entry.put("product_version", fee.version().number());
            }
            if (fee.price() != null) {
                entry.put("price", fee.price());
            }
        }
        return json;
    }
}

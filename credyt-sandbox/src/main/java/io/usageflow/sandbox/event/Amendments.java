package io.usageflow.sandbox.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.EventIdFormat;
import io.usageflow.sandbox.behaviour.EventRules;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.totals.Totals;
import io.usageflow.sandbox.vendor.Vendors;
import java.util.List;

/**
 * What no client of Credyt can do: events that vanish, lose their fees or change, so that reconciliation has something to
 * find. Balances and totals follow each change. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}.
 */
public final class Amendments {
    private static final EventShape SHAPE = new EventShape(EventRules.DEFAULT.withEventIds(EventIdFormat.ANY));

    private final EventStore store;
    private final Bookkeeping bookkeeping;

    public Amendments(EventStore store, Totals totals, Vendors vendors) {
        this.store = store;
        this.bookkeeping = new Bookkeeping(totals, vendors);
    }

    /** As if the event had never been sent: its id is free again. */
    public void delete(StoredEvent event) {
        ObjectNode json = event.json();
        setFees(event, List.of());
        store.remove(json.path("id").textValue(), event);
        bookkeeping.removeEvent(event.customer(), eventType(json), bookkeeping.costsIn(json));
    }

    /** An empty list: accepted, yet not billed. */
    public void setFees(StoredEvent event, List<Fee> fees) {
        String eventType = eventType(event.json());
        bookkeeping.removeFees(event.customer(), eventType, event.fees());
        event.replaceFees(List.copyOf(fees));
        bookkeeping.addFees(event.customer(), eventType, event.fees());
    }

    /**
     * Sets the given fields ({@code data}, {@code costs}, {@code subject}...) and leaves the fees.
     *
     * @throws IllegalArgumentException where the event's id or type would change, or the event would not be valid
     */
    public void setContent(StoredEvent event, ObjectNode fields) {
        ObjectNode before = event.json();
        ObjectNode after = before.deepCopy();
        fields.properties().forEach(field -> after.set(field.getKey(), field.getValue()));
        for (String fixed : List.of("id", "event_type")) {
            if (!before.path(fixed).equals(after.path(fixed))) {
                throw new IllegalArgumentException(fixed + " of a stored event cannot be changed: delete the event");
            }
        }
        SubmittedEvent checked = SHAPE.check(after, new byte[0], 0);
        if (!checked.errors().none()) {
            throw new IllegalArgumentException(
                    "the event would not be valid: " + checked.errors().byPath());
        }
        bookkeeping.removeEvent(event.customer(), eventType(before), bookkeeping.costsIn(before));
        event.replaceContent(Json.write(after));
        bookkeeping.addEvent(event.customer(), eventType(after), bookkeeping.costsIn(after));
    }

    private static String eventType(ObjectNode json) {
        return json.path("event_type").asText();
    }
}

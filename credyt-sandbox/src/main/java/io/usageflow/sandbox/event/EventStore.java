package io.usageflow.sandbox.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.ValidationRules.EventIdFormat;
import io.usageflow.sandbox.event.Submission.SubmittedEvent;
import io.usageflow.sandbox.json.Ids;
import io.usageflow.sandbox.json.Json;
import io.usageflow.sandbox.json.Times;
import io.usageflow.sandbox.product.Pricing.Fee;
import io.usageflow.sandbox.resource.ResourceTable;
import io.usageflow.sandbox.resource.SandboxCustomer;
import io.usageflow.sandbox.resource.Vendor;
import io.usageflow.sandbox.totals.Totals;
import io.usageflow.sandbox.totals.Totals.Sign;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The accepted events, each id once, oldest first. Wallets and totals follow every change of an event or of its fees.
 * Not thread-safe.
 *
 * <p>A client of Credyt can neither remove nor change an event. The sandbox can, so that reconciliation has something
 * to find.
 */
public final class EventStore {
    private static final EventShape SHAPE = new EventShape(
            Behaviour.DEFAULT.with("rules.event_ids", EventIdFormat.ANY).rules());
    private static final byte[] NO_BYTES = new byte[0];

    private final Map<Object, StoredEvent> byId = new HashMap<>();
    private final List<StoredEvent> inOrder = new ArrayList<>();
    private final Map<SandboxCustomer, List<StoredEvent>> byCustomer = new HashMap<>();
    private final Totals totals;
    private final ResourceTable<Vendor> vendors;

    public EventStore(Totals totals, ResourceTable<Vendor> vendors) {
        this.totals = totals;
        this.vendors = vendors;
    }

    void add(SubmittedEvent submitted, StoredEvent event) {
        if (byId.putIfAbsent(Ids.compactKey(submitted.id()), event) != null) {
            throw new IllegalStateException("event " + submitted.id() + " is stored already: check the id first");
        }
        inOrder.add(event);
        byCustomer.computeIfAbsent(event.customer(), key -> new ArrayList<>()).add(event);
        count(event, submitted, Sign.ADD);
    }

    /** Frees the id and gives the fees back. Linear in the number of events. */
    public void delete(StoredEvent event) {
        SubmittedEvent content = content(event);
        setFees(event, content.eventType(), List.of());
        byId.remove(Ids.compactKey(content.id()));
        inOrder.remove(event);
        List<StoredEvent> ofCustomer = byCustomer.get(event.customer());
        if (ofCustomer != null) {
            ofCustomer.remove(event);
        }
        count(event, content, Sign.REMOVE);
    }

    /** Without fees the event is accepted and not billed. */
    public void setFees(StoredEvent event, List<Fee> fees) {
        setFees(event, content(event).eventType(), fees);
    }

    void setFees(StoredEvent event, String eventType, List<Fee> fees) {
        event.fees()
                .forEach(fee -> bill(event, eventType, fee.asset(), fee.amount().negate()));
        event.replaceFees(List.copyOf(fees));
        fees.forEach(fee -> bill(event, eventType, fee.asset(), fee.amount()));
    }

    private void bill(StoredEvent event, String eventType, String asset, BigDecimal amount) {
        event.customer().wallet().debit(asset, amount);
        totals.countFee(event.customer().label(), eventType, asset, amount);
    }

    /**
     * Sets the given fields ({@code data}, {@code costs}, {@code subject}...) and keeps the fees.
     *
     * @throws IllegalArgumentException if the event's id or type would change, or the event would not be valid
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
        SubmittedEvent changed = SHAPE.check(after, NO_BYTES, 0);
        if (!changed.errors().none()) {
            throw new IllegalArgumentException(
                    "the event would not be valid: " + changed.errors().byPath());
        }
        count(event, content(event), Sign.REMOVE);
        event.replaceContent(Json.write(after));
        count(event, changed, Sign.ADD);
    }

    private static SubmittedEvent content(StoredEvent event) {
        return SHAPE.check(event.json(), NO_BYTES, 0);
    }

    private void count(StoredEvent event, SubmittedEvent content, Sign sign) {
        List<Totals.Cost> costs = content.costs().stream()
                .map(cost -> new Totals.Cost(vendorLabel(cost), cost.amount(), cost.currency()))
                .toList();
        totals.countEvent(event.customer().label(), content.eventType(), costs, sign);
    }

    private String vendorLabel(SubmittedEvent.SubmittedCost cost) {
        if (cost.vendorExternalId() != null) {
            return cost.vendorExternalId();
        }
        String id = Objects.requireNonNull(cost.vendorId(), "a stored cost names its vendor");
        return vendors.byId(id).map(Vendor::label).orElse(id);
    }

    public Optional<StoredEvent> byId(String id) {
        return Optional.ofNullable(find(id));
    }

    @Nullable
    StoredEvent find(String id) {
        return byId.get(Ids.compactKey(id));
    }

    /** Oldest first. */
    public List<StoredEvent> all() {
        return Collections.unmodifiableList(inOrder);
    }

    /** Oldest first. */
    public List<StoredEvent> of(SandboxCustomer customer) {
        return Collections.unmodifiableList(byCustomer.getOrDefault(customer, List.of()));
    }

    /** Oldest first. */
    public List<String> ids() {
        return inOrder.stream()
                .map(event -> event.json().path("id").textValue())
                .toList();
    }

    public void clear() {
        byId.clear();
        inOrder.clear();
        byCustomer.clear();
    }

    /**
     * An event that was accepted: its JSON as it came, and its fees. Small, since there may be millions. Not
     * thread-safe.
     */
    public static final class StoredEvent {
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
}

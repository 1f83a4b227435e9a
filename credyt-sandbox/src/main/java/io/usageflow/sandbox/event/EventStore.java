package io.usageflow.sandbox.event;

import io.usageflow.sandbox.customer.Customer;
import io.usageflow.sandbox.json.Ids;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The accepted events, idempotent by id, in the order in which they came. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class EventStore {
    private final Map<Object, StoredEvent> byId = new HashMap<>();
    private final List<StoredEvent> inOrder = new ArrayList<>();
    private final Map<Customer, List<StoredEvent>> byCustomer = new HashMap<>();

    public Optional<StoredEvent> byId(String id) {
        return Optional.ofNullable(find(id));
    }

    @Nullable
    StoredEvent find(String id) {
        return byId.get(Ids.compactKey(id));
    }

    void add(String id, StoredEvent event) {
        if (byId.putIfAbsent(Ids.compactKey(id), event) != null) {
            throw new IllegalStateException("event " + id + " is stored already: the id must be checked first");
        }
        inOrder.add(event);
        byCustomer.computeIfAbsent(event.customer(), key -> new ArrayList<>()).add(event);
    }

    /** Linear in the number of events: for tests of reconciliation only. */
    void remove(String id, StoredEvent event) {
        byId.remove(Ids.compactKey(id));
        inOrder.remove(event);
        List<StoredEvent> ofCustomer = byCustomer.get(event.customer());
        if (ofCustomer != null) {
            ofCustomer.remove(event);
        }
    }

    /** Oldest first. */
    public List<StoredEvent> all() {
        return Collections.unmodifiableList(inOrder);
    }

    /** Oldest first. */
    public List<StoredEvent> of(Customer customer) {
        return Collections.unmodifiableList(byCustomer.getOrDefault(customer, List.of()));
    }

    /** The ids, in the order in which they came. */
    public List<String> ids() {
        return inOrder.stream()
                .map(event -> event.json().path("id").textValue())
                .toList();
    }

    public int size() {
        return inOrder.size();
    }

    public void clear() {
        byId.clear();
        inOrder.clear();
        byCustomer.clear();
    }
}

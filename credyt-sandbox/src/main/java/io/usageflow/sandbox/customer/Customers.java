package io.usageflow.sandbox.customer;

import io.usageflow.sandbox.json.Ids;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** All customers. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
public final class Customers {
    private final Map<String, Customer> byId = new LinkedHashMap<>();
    private final Map<String, Customer> byExternalId = new LinkedHashMap<>();

    /** @throws IllegalArgumentException where the external id is taken */
    public Customer create(Customer.Profile profile, Instant now) {
        String externalId = profile.externalId();
        if (externalId != null && byExternalId.containsKey(externalId)) {
            throw new IllegalArgumentException("a customer with external_id " + externalId + " exists");
        }
        Customer customer = new Customer(Ids.next("cust_"), profile, now);
        byId.put(customer.id(), customer);
        if (externalId != null) {
            byExternalId.put(externalId, customer);
        }
        return customer;
    }

    public Optional<Customer> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    public Optional<Customer> byExternalId(String externalId) {
        return Optional.ofNullable(byExternalId.get(externalId));
    }

    public Collection<Customer> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    public void clear() {
        byId.clear();
        byExternalId.clear();
    }
}

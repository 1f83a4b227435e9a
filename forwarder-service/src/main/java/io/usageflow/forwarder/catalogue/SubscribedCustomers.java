package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse.QueryResult;
import io.usageflow.forwarder.links.Link.Reference;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What customers have subscribed to, asked of Credyt when they are first needed. Bounded: beyond {@value
 * #CUSTOMERS_MAX} customers it forgets all and asks again. Not thread-safe.
 */
public final class SubscribedCustomers {
    private static final int CUSTOMERS_MAX = 500_000;

    private final Catalogue catalogue;
    private final CatalogueQueries queries;
    private final Map<Reference, Customer> customers = new HashMap<>();

    /** @param id Credyt's; empty if Credyt does not show it */
    private record Customer(CustomerReading reading, Optional<String> id) {
        static Customer of(QueryResult answer) {
            Optional<String> id = answer.match(
                    found -> Optional.ofNullable(found.event().path("id").textValue()),
                    absent -> Optional.empty(),
                    unanswered -> Optional.empty());
            return new Customer(CustomerReading.of(answer), id);
        }
    }

    public SubscribedCustomers(Catalogue catalogue, CatalogueQueries queries) {
        this.catalogue = catalogue;
        this.queries = queries;
    }

    public Catalogue catalogue() {
        return catalogue;
    }

    /**
     * Asks for the customers that are not known yet, so that {@link #get} knows all of them.
     *
     * @return false if it was stopped
     */
    public boolean load(Collection<Reference> references) throws InterruptedException {
        List<Reference> unknown = unknown(references);
        if (customers.size() + unknown.size() > CUSTOMERS_MAX) {
            customers.clear();
            unknown = unknown(references);
        }
        if (unknown.isEmpty()) {
            return true;
        }
        Optional<Map<Reference, QueryResult>> answers = queries.customers(unknown);
        answers.ifPresent(all -> all.forEach((reference, answer) -> customers.put(reference, Customer.of(answer))));
        return answers.isPresent();
    }

    private List<Reference> unknown(Collection<Reference> references) {
        return references.stream()
                .filter(reference -> !customers.containsKey(reference))
                .distinct()
                .toList();
    }

    /** The customer; unclear if it was not among the last that were loaded. */
    public CustomerReading get(Reference reference) {
        Customer customer = customers.get(reference);
        return customer == null ? new CustomerReading.Unclear("it was not asked for") : customer.reading();
    }

    /** Credyt's id of the customer; empty if Credyt does not show it. */
    public Optional<String> credytId(Reference reference) {
        return Optional.ofNullable(customers.get(reference)).flatMap(Customer::id);
    }

    /** Checks an event of the customer. */
    public BillingForecast forecast(Reference customer, String eventType, JsonNode data) {
        return get(customer)
                .forecast(subscriptions -> BillingCheck.ofCustomer(catalogue, subscriptions, eventType, data));
    }
}

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

    /** Accounts whose catalogues are in memory. */
    private static final int ACCOUNTS_MAX = 1_000;

    private final Catalogue ofSettings;
    /** Of the connected accounts of a platform. */
    private final Map<String, Catalogue> ofAccounts = new HashMap<>();

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

    /**
     * Knows no customer yet.
     *
     * @param catalogue of the account of the settings
     */
    public SubscribedCustomers(Catalogue catalogue, CatalogueQueries queries) {
        this.ofSettings = catalogue;
        this.queries = queries;
    }

    /** The products of the customer's account; with a gap if the customer was not among the last that were loaded. */
    public Catalogue catalogue(Reference customer) {
        return customer.credytAccount()
                .map(account -> ofAccounts.getOrDefault(
                        account, new Catalogue(List.of(), List.of("the products of " + account + " were not read"))))
                .orElse(ofSettings);
    }

    /**
     * Asks for the customers that are not known yet, so that {@link #get} knows all of them, and for the products of
     * their accounts.
     *
     * @return false if it was stopped
     */
    public boolean load(Collection<Reference> references) throws InterruptedException {
        List<Reference> unknown = unknown(references);
        if (customers.size() + unknown.size() > CUSTOMERS_MAX) {
            customers.clear();
            unknown = unknown(references);
        }
        if (!loadCatalogues(references)) {
            return false;
        }
        if (unknown.isEmpty()) {
            return true;
        }
        Optional<Map<Reference, QueryResult>> answers = queries.customers(unknown);
        answers.ifPresent(all -> all.forEach((reference, answer) -> customers.put(reference, Customer.of(answer))));
        return answers.isPresent();
    }

    private boolean loadCatalogues(Collection<Reference> references) throws InterruptedException {
        if (ofAccounts.size() > ACCOUNTS_MAX) {
            ofAccounts.clear();
        }
        for (Reference reference : references) {
            Optional<String> account = reference.credytAccount();
            if (account.isPresent() && !ofAccounts.containsKey(account.get())) {
                Optional<Catalogue> catalogue = queries.catalogue(account);
                if (catalogue.isEmpty()) {
                    return false;
                }
                ofAccounts.put(account.get(), catalogue.get());
            }
        }
        return true;
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
                .forecast(
                        subscriptions -> BillingCheck.ofCustomer(catalogue(customer), subscriptions, eventType, data));
    }
}

package io.usageflow.sandbox.event;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.customer.Customer;
import io.usageflow.sandbox.totals.Tally;
import io.usageflow.sandbox.totals.Totals;
import io.usageflow.sandbox.vendor.Vendor;
import io.usageflow.sandbox.vendor.Vendors;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Carries events, fees and costs into the totals, and takes them out again. Guarded by the lock of {@link io.usageflow.sandbox.books.Books}. */
final class Bookkeeping {
    private final Totals totals;
    private final Vendors vendors;

    Bookkeeping(Totals totals, Vendors vendors) {
        this.totals = totals;
        this.vendors = vendors;
    }

    /** A cost as the totals need it. */
    record Cost(String vendor, BigDecimal amount, String currency) {}

    void addEvent(Customer customer, String eventType, List<Cost> costs) {
        change(customer, eventType, costs, 1);
    }

    void removeEvent(Customer customer, String eventType, List<Cost> costs) {
        change(customer, eventType, costs, -1);
    }

    private void change(Customer customer, String eventType, List<Cost> costs, int sign) {
        totals.all().countEvents(sign);
        customer.tally().countEvents(sign);
        totals.eventType(eventType).countEvents(sign);
        Set<String> vendorsOfEvent = costs.size() > 1 ? new HashSet<>() : Set.of();
        for (Cost cost : costs) {
            BigDecimal amount = sign > 0 ? cost.amount() : cost.amount().negate();
            totals.all().costs().add(cost.currency(), amount);
            customer.tally().costs().add(cost.currency(), amount);
            totals.eventType(eventType).costs().add(cost.currency(), amount);
            Tally vendor = totals.vendor(cost.vendor());
            vendor.costs().add(cost.currency(), amount);
            if (costs.size() == 1 || vendorsOfEvent.add(cost.vendor())) {
                vendor.countEvents(sign);
            }
        }
    }

    /** Debits the wallet and counts the fees. */
    void addFees(Customer customer, String eventType, List<Fee> fees) {
        for (Fee fee : fees) {
            changeFee(customer, eventType, fee.asset(), fee.amount());
        }
    }

    void removeFees(Customer customer, String eventType, List<Fee> fees) {
        for (Fee fee : fees) {
            changeFee(customer, eventType, fee.asset(), fee.amount().negate());
        }
    }

    private void changeFee(Customer customer, String eventType, String asset, BigDecimal amount) {
        customer.wallet().debit(asset, amount);
        customer.tally().fees().add(asset, amount);
        totals.all().fees().add(asset, amount);
        totals.eventType(eventType).fees().add(asset, amount);
    }

    /** The costs of a stored event, from its JSON. */
    List<Cost> costsIn(JsonNode event) {
        return event.path("costs").valueStream().map(this::costIn).toList();
    }

    private Cost costIn(JsonNode cost) {
        return new Cost(
                label(
                        cost.path("vendor_id").textValue(),
                        cost.path("vendor_external_id").textValue()),
                cost.path("amount").decimalValue(),
                cost.path("currency").asText());
    }

    String label(@org.jspecify.annotations.Nullable String id, @org.jspecify.annotations.Nullable String externalId) {
        if (externalId != null) {
            return externalId;
        }
        String known = java.util.Objects.requireNonNull(id, "a stored cost names its vendor");
        return vendors.byId(known).map(Vendor::label).orElse(known);
    }
}

package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.config.AdmissionSettings.Unlinked;
import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds the Credyt references of an event: the event's own explicit customer beats the account's link; where there is
 * neither, the policy decides. Pure but for the two link lookups it is given.
 */
final class LinkResolver {
    private final Function<String, Optional<CredytReference>> customerLinks;
    private final Function<String, Optional<CredytReference>> vendorLinks;
    private final Unlinked policies;

    LinkResolver(
            Function<String, Optional<CredytReference>> customerLinks,
            Function<String, Optional<CredytReference>> vendorLinks,
            Unlinked policies) {
        this.customerLinks = customerLinks;
        this.vendorLinks = vendorLinks;
        this.policies = policies;
    }

    /** Whether an event can wait for a vendor's link at all. */
    boolean parksForVendors() {
        return policies.vendors() == Unlinked.Policy.PARK;
    }

    Resolution resolve(UsageEvent event) {
        Optional<CredytReference> customer = customer(event);
        if (customer.isEmpty()) {
            return new Resolution.Unlinked(Resolution.Missing.CUSTOMER, event.getAccountId());
        }
        if (event.getCosts().isEmpty()) {
            return new Resolution.Resolved(customer.get(), Map.of());
        }
        Map<String, CredytReference> vendors = new HashMap<>();
        for (Cost cost : event.getCosts()) {
            String vendor = cost.getVendor();
            if (!vendors.containsKey(vendor)) {
                Optional<CredytReference> reference = orPolicy(vendorLinks.apply(vendor), policies.vendors(), vendor);
                if (reference.isEmpty()) {
                    return new Resolution.Unlinked(Resolution.Missing.VENDOR, vendor);
                }
                vendors.put(vendor, reference.get());
            }
        }
        return new Resolution.Resolved(customer.get(), vendors);
    }

    private Optional<CredytReference> customer(UsageEvent event) {
        if (event.getCustomerId() != null) {
            return Optional.of(new CredytReference(ReferenceKind.CREDYT_ID, event.getCustomerId()));
        }
        if (event.getCustomerExternalId() != null) {
            return Optional.of(new CredytReference(ReferenceKind.EXTERNAL_ID, event.getCustomerExternalId()));
        }
        String account = event.getAccountId();
        return orPolicy(customerLinks.apply(account), policies.customers(), account);
    }

    private static Optional<CredytReference> orPolicy(
            Optional<CredytReference> link, Unlinked.Policy policy, String name) {
        if (link.isPresent() || policy == Unlinked.Policy.PARK) {
            return link;
        }
        return Optional.of(new CredytReference(ReferenceKind.EXTERNAL_ID, name));
    }
}

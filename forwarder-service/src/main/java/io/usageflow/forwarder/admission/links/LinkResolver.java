package io.usageflow.forwarder.admission.links;

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
 * Finds the Credyt references of an event. An explicit customer has precedence over the account's link; without either,
 * the policy decides. If a link cannot be read, the event waits under any policy.
 */
public final class LinkResolver {
    private final Function<String, Optional<CredytReference>> customerLinks;
    private final Function<String, VendorLinks.Lookup> vendorLinks;
    private final Unlinked policies;

    public LinkResolver(
            Function<String, Optional<CredytReference>> customerLinks,
            Function<String, VendorLinks.Lookup> vendorLinks,
            Unlinked policies) {
        this.customerLinks = customerLinks;
        this.vendorLinks = vendorLinks;
        this.policies = policies;
    }

    /** Whether events without a vendor's link are parked. */
    public boolean parksForVendors() {
        return policies.vendors() == Unlinked.Policy.PARK;
    }

    public Resolution resolve(UsageEvent event) {
        Optional<CredytReference> customer = customer(event);
        if (customer.isEmpty()) {
            return new Resolution.Unresolved(Resolution.Missing.CUSTOMER, event.getAccountId());
        }
        if (event.getCosts().isEmpty()) {
            return new Resolution.Resolved(customer.get(), Map.of());
        }
        Map<String, CredytReference> vendors = new HashMap<>();
        for (Cost cost : event.getCosts()) {
            String vendor = cost.getVendor();
            if (!vendors.containsKey(vendor)) {
                Optional<Resolution.Unresolved> waitsFor = vendorLinks
                        .apply(vendor)
                        .match(
                                reference -> {
                                    vendors.put(vendor, reference);
                                    return Optional.empty();
                                },
                                () -> {
                                    if (parksForVendors()) {
                                        return Optional.of(
                                                new Resolution.Unresolved(Resolution.Missing.VENDOR, vendor));
                                    }
                                    vendors.put(vendor, external(vendor));
                                    return Optional.empty();
                                },
                                () -> Optional.of(new Resolution.Unresolved(
                                        Resolution.Missing.VENDOR, vendor, Resolution.Reason.LINK_UNREADABLE)));
                if (waitsFor.isPresent()) {
                    return waitsFor.get();
                }
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
        Optional<CredytReference> link = customerLinks.apply(account);
        return link.isPresent() || policies.customers() == Unlinked.Policy.PARK ? link : Optional.of(external(account));
    }

    private static CredytReference external(String name) {
        return new CredytReference(ReferenceKind.EXTERNAL_ID, name);
    }
}

package io.usageflow.forwarder.admission.links;

import io.usageflow.forwarder.config.AdmissionSettings.Unlinked;
import io.usageflow.schema.Cost;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.rule.LinkRules;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the Credyt references of an event. An explicit customer has precedence over the account's link; without either,
 * the policy decides. If a link cannot be read, the event waits under any policy.
 *
 * <p>The account's link also says in which connected account of a platform an explicit customer lives. For a customer
 * in such an account, the vendor's link of that account has precedence, whose name is {@code ACCOUNT/VENDOR}; then the
 * vendor's own link by external id, because an id of Credyt's belongs to one account (docs/decisions/0022).
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
                Optional<String> credytAccount =
                        Optional.ofNullable(customer.get().getCredytAccount());
                String linked =
                        credytAccount.map(id -> LinkRules.vendorIn(id, vendor)).orElse(vendor);
                Optional<Resolution.Unresolved> waitsFor = vendor(vendor, credytAccount)
                        .match(
                                reference -> {
                                    vendors.put(vendor, reference);
                                    return Optional.empty();
                                },
                                () -> {
                                    if (parksForVendors()) {
                                        return Optional.of(
                                                new Resolution.Unresolved(Resolution.Missing.VENDOR, linked));
                                    }
                                    vendors.put(vendor, external(vendor));
                                    return Optional.empty();
                                },
                                () -> Optional.of(new Resolution.Unresolved(
                                        Resolution.Missing.VENDOR, linked, Resolution.Reason.LINK_UNREADABLE)));
                if (waitsFor.isPresent()) {
                    return waitsFor.get();
                }
            }
        }
        return new Resolution.Resolved(customer.get(), vendors);
    }

    private VendorLinks.Lookup vendor(String vendor, Optional<String> credytAccount) {
        VendorLinks.Lookup own = vendorLinks.apply(vendor);
        if (credytAccount.isEmpty()) {
            return own;
        }
        VendorLinks.Lookup inAccount = vendorLinks.apply(LinkRules.vendorIn(credytAccount.get(), vendor));
        return inAccount.match(
                reference -> inAccount,
                () -> own.match(
                        reference -> reference.getKind() == ReferenceKind.EXTERNAL_ID
                                ? own
                                : new VendorLinks.Lookup.NotLinked(),
                        () -> own,
                        () -> own),
                () -> inAccount);
    }

    private Optional<CredytReference> customer(UsageEvent event) {
        Optional<CredytReference> link = customerLinks.apply(event.getAccountId());
        @Nullable
        String credytAccount = link.map(CredytReference::getCredytAccount).orElse(null);
        if (event.getCustomerId() != null) {
            return Optional.of(new CredytReference(ReferenceKind.CREDYT_ID, event.getCustomerId(), credytAccount));
        }
        if (event.getCustomerExternalId() != null) {
            return Optional.of(
                    new CredytReference(ReferenceKind.EXTERNAL_ID, event.getCustomerExternalId(), credytAccount));
        }
        String account = event.getAccountId();
        return link.isPresent() || policies.customers() == Unlinked.Policy.PARK ? link : Optional.of(external(account));
    }

    private static CredytReference external(String name) {
        return new CredytReference(ReferenceKind.EXTERNAL_ID, name, null);
    }
}

package io.usageflow.forwarder.catalogue;

import io.usageflow.forwarder.config.AdmissionSettings.Unlinked;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.links.LinkKind;
import io.usageflow.forwarder.links.LinkTable;
import io.usageflow.schema.ReferenceKind;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Resolves the customers of events as admission does. Not thread-safe. */
final class LinkedCustomers {
    private static final int ACCOUNTS_MAX = 500_000;

    private final Map<String, Reference> links = new HashMap<>();
    private final boolean passthrough;

    private LinkedCustomers(boolean passthrough) {
        this.passthrough = passthrough;
    }

    /** Reads the links of the wanted accounts. */
    static LinkedCustomers read(Settings settings, Predicate<String> wanted) {
        var customers = new LinkedCustomers(settings.admission().unlinked().customers() == Unlinked.Policy.PASSTHROUGH);
        new LinkTable(settings)
                .read(
                        LinkKind.CUSTOMER,
                        link -> {
                            if (customers.links.size() < ACCOUNTS_MAX && wanted.test(link.name())) {
                                customers.links.put(link.name(), link.reference());
                            }
                        },
                        refusal -> {});
        return customers;
    }

    /** Knows no links, so that only an event that names its customer has one. */
    static LinkedCustomers unread() {
        return new LinkedCustomers(false);
    }

    /** Empty for an account that is not linked yet. */
    Optional<Reference> of(String account, Optional<String> customerId, Optional<String> externalId) {
        Optional<Reference> linked = Optional.ofNullable(links.get(account));
        Optional<String> credytAccount = linked.flatMap(Reference::credytAccount);
        return customerId
                .map(id -> new Reference(ReferenceKind.CREDYT_ID, id, credytAccount))
                .or(() -> externalId.map(id -> new Reference(ReferenceKind.EXTERNAL_ID, id, credytAccount)))
                .or(() -> linked)
                .or(() -> passthrough
                        ? Optional.of(new Reference(ReferenceKind.EXTERNAL_ID, account))
                        : Optional.empty());
    }
}

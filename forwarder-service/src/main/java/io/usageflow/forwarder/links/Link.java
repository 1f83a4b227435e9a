package io.usageflow.forwarder.links;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.rule.Violation;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A link that holds. Immutable.
 *
 * @param name the account or the vendor
 * @param since when it was written, by the writer's clock
 */
public record Link(LinkKind kind, String name, Reference reference, Instant since) {
    static Link of(CustomerLink link) {
        return new Link(LinkKind.CUSTOMER, link.getAccountId(), Reference.of(link.getCustomer()), link.getLinkedAt());
    }

    static Link of(VendorLink link) {
        return new Link(LinkKind.VENDOR, link.getVendor(), Reference.of(link.getReference()), link.getLinkedAt());
    }

    /** What {@code --json} shows: the fields have the names of the columns of a file of links. */
    public Map<String, Object> document() {
        var document = new LinkedHashMap<String, Object>();
        document.put(kind.key(), name);
        document.put(reference.column(kind), reference.value());
        reference.credytAccount().ifPresent(account -> document.put("credyt_account", account));
        document.put("linked_at", since);
        return document;
    }

    /** What admission would refuse it for; empty where nothing. */
    public List<Violation> violations() {
        CredytReference credyt = reference.toAvro();
        return kind == LinkKind.CUSTOMER
                ? LinkRules.violations(new CustomerLink(name, credyt, since))
                : LinkRules.violations(new VendorLink(name, credyt, since));
    }

    /**
     * Names a customer or a vendor at Credyt. Immutable; comparable, so that maps stay fast where hashes are shared.
     *
     * @param credytAccount the connected account of a platform in which it lives; empty for that of the settings
     */
    public record Reference(ReferenceKind kind, String value, Optional<String> credytAccount)
            implements Comparable<Reference> {
        /** One in the account of the settings. */
        public Reference(ReferenceKind kind, String value) {
            this(kind, value, Optional.empty());
        }

        public static Reference of(CredytReference credyt) {
            return new Reference(credyt.getKind(), credyt.getValue(), Optional.ofNullable(credyt.getCredytAccount()));
        }

        public CredytReference toAvro() {
            return new CredytReference(kind, value, credytAccount.orElse(null));
        }

        /** The same in this account. */
        public Reference in(Optional<String> account) {
            return new Reference(kind, value, account);
        }

        /** For people: the id, with the account if it is not that of the settings. */
        public String text() {
            return value
                    + credytAccount.map(account -> " in account " + account).orElse("");
        }

        @Override
        public int compareTo(Reference other) {
            int byKind = kind.compareTo(other.kind);
            int byValue = byKind != 0 ? byKind : value.compareTo(other.value);
            return byValue != 0 ? byValue : credytAccount.orElse("").compareTo(other.credytAccount.orElse(""));
        }

        /** The column of an import, or the word in JSON, that would hold it. */
        public String column(LinkKind link) {
            return kind == ReferenceKind.CREDYT_ID ? link.idColumn() : link.externalIdColumn();
        }
    }
}

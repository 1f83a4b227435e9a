package io.usageflow.forwarder.links;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.rule.Violation;
import java.time.Instant;
import java.util.List;

/**
 * A link that holds. Immutable.
 *
 * @param name the account or the vendor
 * @param since when it was written, by the writer's clock
 */
public record Link(LinkKind kind, String name, Reference reference, Instant since) {
    static Link of(CustomerLink link) {
        return new Link(LinkKind.CUSTOMER, link.getAccountId(), reference(link.getCustomer()), link.getLinkedAt());
    }

    static Link of(VendorLink link) {
        return new Link(LinkKind.VENDOR, link.getVendor(), reference(link.getReference()), link.getLinkedAt());
    }

    /** What admission would refuse it for; empty where nothing. */
    public List<Violation> violations() {
        var credyt = new CredytReference(reference.kind(), reference.value());
        return kind == LinkKind.CUSTOMER
                ? LinkRules.violations(new CustomerLink(name, credyt, since))
                : LinkRules.violations(new VendorLink(name, credyt, since));
    }

    private static Reference reference(CredytReference credyt) {
        return new Reference(credyt.getKind(), credyt.getValue());
    }

    /**
     * Names a customer or a vendor at Credyt. Immutable; comparable, so that maps stay fast where hashes are shared.
     */
    public record Reference(ReferenceKind kind, String value) implements Comparable<Reference> {
        @Override
        public int compareTo(Reference other) {
            int byKind = kind.compareTo(other.kind);
            return byKind != 0 ? byKind : value.compareTo(other.value);
        }

        /** The column of an import, or the word in JSON, that would hold it. */
        public String column(LinkKind link) {
            return kind == ReferenceKind.CREDYT_ID ? link.idColumn() : link.externalIdColumn();
        }
    }
}

package io.usageflow.schema.rule;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.VendorLink;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a customer's or a vendor's link must look like. Pure, thread-safe. */
public final class LinkRules {
    private LinkRules() {}

    /** The account, as an event's; and the reference, of 1 to {@link EventRules#REFERENCE_CHARS_MAX} characters. */
    public static List<Violation> violations(CustomerLink link) {
        Findings findings = new Findings();
        TextRules.name(
                findings, Violation.Field.ACCOUNT, "account_id", link.getAccountId(), EventRules.ACCOUNT_CHARS_MAX);
        reference(findings, "customer", link.getCustomer());
        return findings.list();
    }

    /** The vendor, as a cost's; and the reference, of 1 to {@link EventRules#REFERENCE_CHARS_MAX} characters. */
    public static List<Violation> violations(VendorLink link) {
        Findings findings = new Findings();
        TextRules.name(findings, Violation.Field.COST, "vendor", link.getVendor(), EventRules.REFERENCE_CHARS_MAX);
        reference(findings, "reference", link.getReference());
        return findings.list();
    }

    private static void reference(Findings findings, String path, @Nullable CredytReference reference) {
        if (reference == null || reference.getKind() == null) {
            findings.add(Violation.Field.REFERENCE, path, "is missing", "give Credyt's id or the external id");
            return;
        }
        TextRules.name(
                findings,
                Violation.Field.REFERENCE,
                path + ".value",
                reference.getValue(),
                EventRules.REFERENCE_CHARS_MAX);
    }
}

package io.usageflow.schema.rule;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.rule.Violation.ViolationCollector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for the link of a customer or a vendor. Pure, thread-safe. */
public final class LinkRules {
    private LinkRules() {}

    /** The account, as an event's; and the reference, of 1 to {@link EventRules#REFERENCE_CHARS_MAX} characters. */
    public static List<Violation> violations(CustomerLink link) {
        ViolationCollector violations = new ViolationCollector();
        account(violations, link.getAccountId());
        reference(violations, "customer", link.getCustomer());
        return violations.list();
    }

    /** The vendor, as a cost's; and the reference, of 1 to {@link EventRules#REFERENCE_CHARS_MAX} characters. */
    public static List<Violation> violations(VendorLink link) {
        ViolationCollector violations = new ViolationCollector();
        vendor(violations, link.getVendor());
        reference(violations, "reference", link.getReference());
        return violations.list();
    }

    /** The rules on an account alone, whose link is removed: looser, so that a link that breaks the others can be. */
    public static List<Violation> accountViolations(String account) {
        return removalViolations(Violation.Field.ACCOUNT, "account_id", account);
    }

    /** The rules on a vendor alone, whose link is removed; as for an account. */
    public static List<Violation> vendorViolations(String vendor) {
        return removalViolations(Violation.Field.COST, "vendor", vendor);
    }

    private static List<Violation> removalViolations(Violation.Field field, String path, @Nullable String name) {
        ViolationCollector violations = new ViolationCollector();
        if (name == null || name.isBlank()) {
            violations.add(field, path, name == null ? "is missing" : "is empty", "name whose link is removed");
        } else {
            TextRules.text(violations, field, path, name, EventRules.VALUE_CHARS_MAX, TextRules.Alphabet.ENCODABLE);
        }
        return violations.list();
    }

    private static void account(ViolationCollector violations, @Nullable String account) {
        TextRules.name(violations, Violation.Field.ACCOUNT, "account_id", account, EventRules.ACCOUNT_CHARS_MAX);
    }

    private static void vendor(ViolationCollector violations, @Nullable String vendor) {
        TextRules.name(violations, Violation.Field.COST, "vendor", vendor, EventRules.REFERENCE_CHARS_MAX);
    }

    private static void reference(ViolationCollector violations, String path, @Nullable CredytReference reference) {
        if (reference == null || reference.getKind() == null) {
            violations.add(Violation.Field.REFERENCE, path, "is missing", "give Credyt's id or the external id");
            return;
        }
        TextRules.name(
                violations,
                Violation.Field.REFERENCE,
                path + ".value",
                reference.getValue(),
                EventRules.REFERENCE_CHARS_MAX);
    }
}

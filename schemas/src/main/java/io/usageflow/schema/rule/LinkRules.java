package io.usageflow.schema.rule;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.rule.Violation.ViolationCollector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules for the link of a customer or a vendor. Pure, thread-safe. */
public final class LinkRules {
    /** Bound of the id of a connected account at Credyt. */
    public static final int CREDYT_ACCOUNT_CHARS_MAX = 128;

    /** Between a connected account and a vendor, in the name of a vendor's link for that account. */
    private static final char OF_ACCOUNT = '/';

    private LinkRules() {}

    /**
     * Whether the text can be Credyt's id of a connected account: 1 to {@link #CREDYT_ACCOUNT_CHARS_MAX} letters,
     * digits, hyphens, underscores and dots of ASCII, which are valid in a header and in a key.
     */
    public static boolean isCredytAccount(String text) {
        return !text.isEmpty()
                && text.length() <= CREDYT_ACCOUNT_CHARS_MAX
                && text.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || c == '_'
                                || c == '-'
                                || c == '.');
    }

    /** The name of the vendor's link for customers in a connected account. */
    public static String vendorIn(String credytAccount, String vendor) {
        return credytAccount + OF_ACCOUNT + vendor;
    }

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
        String account =
                link.getReference() == null ? null : link.getReference().getCredytAccount();
        if (account != null && link.getVendor() != null && !link.getVendor().startsWith(account + OF_ACCOUNT)) {
            violations.add(
                    Violation.Field.COST,
                    "vendor",
                    "does not begin with the account of its reference",
                    "name the vendor " + vendorIn(account, "VENDOR")
                            + ", so that the link is for customers of that account alone");
        }
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
        if (reference.getCredytAccount() != null && !isCredytAccount(reference.getCredytAccount())) {
            violations.add(
                    Violation.Field.REFERENCE,
                    path + ".credyt_account",
                    "is not the id of an account at Credyt",
                    "write 1 to " + CREDYT_ACCOUNT_CHARS_MAX + " letters, digits, '_', '-' or '.', such as acc_..., or"
                            + " leave it out");
        }
    }
}

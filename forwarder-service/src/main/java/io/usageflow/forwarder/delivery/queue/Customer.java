package io.usageflow.forwarder.delivery.queue;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A customer by Credyt's id or by the publishing company's. A key of maps, for which the generated {@link
 * CredytReference} is too slow. Comparable, so that maps stay fast even with chosen hash collisions.
 *
 * @param external whether the value is the company's own id
 * @param account the connected account of a platform in which it lives; empty for that of the settings. Customers of
 *     two accounts are different, even under one id (docs/decisions/0022)
 */
public record Customer(boolean external, String value, Optional<String> account) implements Comparable<Customer> {
    private static final String EXTERNAL = "external";
    private static final String CREDYTS_OWN = "id";
    private static final String UNFUNDED = "unfunded:";

    /** Follows the kind if there is an account, which has none of these two characters. */
    private static final char IN_ACCOUNT = '@';

    private static final char END = ':';

    /** A customer in the account of the settings. */
    public Customer(boolean external, String value) {
        this(external, value, Optional.empty());
    }

    public static Customer of(CredytReference reference) {
        return new Customer(
                reference.getKind() == ReferenceKind.EXTERNAL_ID,
                reference.getValue(),
                Optional.ofNullable(reference.getCredytAccount()));
    }

    /** Parses a key of {@code usage.delivery-state}, of either kind; empty if it is not one. */
    public static Optional<Customer> parse(byte[] key) {
        String whole = new String(key, StandardCharsets.UTF_8);
        String text = isUnfunded(key) ? whole.substring(UNFUNDED.length()) : whole;
        int end = text.indexOf(END);
        if (end < 0) {
            return Optional.empty();
        }
        int at = text.lastIndexOf(IN_ACCOUNT, end);
        String kind = text.substring(0, at < 0 ? end : at);
        return kind.equals(EXTERNAL) || kind.equals(CREDYTS_OWN)
                ? Optional.of(new Customer(
                        kind.equals(EXTERNAL),
                        text.substring(end + 1),
                        at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1, end))))
                : Optional.empty();
    }

    @Override
    public int compareTo(Customer other) {
        int byKind = Boolean.compare(external, other.external);
        int byValue = byKind != 0 ? byKind : value.compareTo(other.value);
        return byValue != 0 ? byValue : account.orElse("").compareTo(other.account.orElse(""));
    }

    /** Whether a key is an {@link #unfundedKey}. */
    public static boolean isUnfunded(byte[] key) {
        return new String(key, StandardCharsets.UTF_8).startsWith(UNFUNDED);
    }

    /** Its key in {@code usage.delivery-state}. Earlier versions ignore a key with an account. */
    public byte[] key() {
        return toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The key of its record about a lack of funds. Earlier versions ignore such records: for them it would be a failure
     * that spends the budget.
     */
    public byte[] unfundedKey() {
        return (UNFUNDED + this).getBytes(StandardCharsets.UTF_8);
    }

    public CredytReference reference() {
        return new CredytReference(
                external ? ReferenceKind.EXTERNAL_ID : ReferenceKind.CREDYT_ID, value, account.orElse(null));
    }

    @Override
    public String toString() {
        return (external ? EXTERNAL : CREDYTS_OWN)
                + account.map(id -> IN_ACCOUNT + id).orElse("")
                + END
                + value;
    }
}

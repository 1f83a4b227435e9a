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
 */
public record Customer(boolean external, String value) implements Comparable<Customer> {
    private static final String EXTERNAL = "external:";
    private static final String CREDYTS_OWN = "id:";
    private static final String UNFUNDED = "unfunded:";

    public static Customer of(CredytReference reference) {
        return new Customer(reference.getKind() == ReferenceKind.EXTERNAL_ID, reference.getValue());
    }

    /** Parses a key of {@code usage.delivery-state}, of either kind; empty if it is not one. */
    public static Optional<Customer> parse(byte[] key) {
        String whole = new String(key, StandardCharsets.UTF_8);
        String text = isUnfunded(key) ? whole.substring(UNFUNDED.length()) : whole;
        if (text.startsWith(EXTERNAL)) {
            return Optional.of(new Customer(true, text.substring(EXTERNAL.length())));
        }
        return text.startsWith(CREDYTS_OWN)
                ? Optional.of(new Customer(false, text.substring(CREDYTS_OWN.length())))
                : Optional.empty();
    }

    @Override
    public int compareTo(Customer other) {
        int byKind = Boolean.compare(external, other.external);
        return byKind != 0 ? byKind : value.compareTo(other.value);
    }

    /** Whether a key is an {@link #unfundedKey}. */
    public static boolean isUnfunded(byte[] key) {
        return new String(key, StandardCharsets.UTF_8).startsWith(UNFUNDED);
    }

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
        return new CredytReference(external ? ReferenceKind.EXTERNAL_ID : ReferenceKind.CREDYT_ID, value);
    }

    @Override
    public String toString() {
        return (external ? EXTERNAL : CREDYTS_OWN) + value;
    }
}

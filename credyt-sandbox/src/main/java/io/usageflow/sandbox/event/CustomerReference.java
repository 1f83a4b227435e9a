package io.usageflow.sandbox.event;

/**
 * Whose events they are.
 *
 * @param external whether {@code value} is the publisher's own id
 */
public record CustomerReference(boolean external, String value) {
    public String field() {
        return external ? "customer_external_id" : "customer_id";
    }
}

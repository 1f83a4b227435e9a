package io.usageflow.forwarder.delivery;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;

/**
 * A customer as Credyt's wire names it: by Credyt's own id, or by the publishing company's. A key of maps, which the
 * generated {@link CredytReference} is too slow for.
 *
 * @param external whether the value is the company's own id
 */
public record Customer(boolean external, String value) {
    static Customer of(CredytReference reference) {
        return new Customer(reference.getKind() == ReferenceKind.EXTERNAL_ID, reference.getValue());
    }

    CredytReference reference() {
        return new CredytReference(external ? ReferenceKind.EXTERNAL_ID : ReferenceKind.CREDYT_ID, value);
    }
}

package io.usageflow.forwarder.links;

import io.usageflow.schema.ReferenceKind;

/** Names a customer or a vendor at Credyt. Immutable. */
public record Reference(ReferenceKind kind, String value) {
    /** The column of an import, or the word in JSON, that would hold it. */
    public String column(LinkKind link) {
        return kind == ReferenceKind.CREDYT_ID ? link.idColumn() : link.externalIdColumn();
    }
}

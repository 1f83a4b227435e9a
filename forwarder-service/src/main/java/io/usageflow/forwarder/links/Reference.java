package io.usageflow.forwarder.links;

import io.usageflow.schema.ReferenceKind;

/** Names a customer or a vendor at Credyt. Immutable; comparable, so that maps stay fast where hashes are shared. */
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

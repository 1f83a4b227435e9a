package io.usageflow.forwarder.admission.links;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.nio.ByteBuffer;

/** A link's target as the store of customer links keeps it: short, and readable while the registry is away. */
final class StoredReference {
    private static final byte CREDYT_ID = 'i';
    private static final byte EXTERNAL_ID = 'x';

    private StoredReference() {}

    static byte[] toBytes(CredytReference reference) {
        byte[] utf8 = reference.getValue().getBytes(UTF_8);
        return ByteBuffer.allocate(1 + utf8.length)
                .put(reference.getKind() == ReferenceKind.CREDYT_ID ? CREDYT_ID : EXTERNAL_ID)
                .put(utf8)
                .array();
    }

    static CredytReference fromBytes(byte[] bytes) {
        ReferenceKind kind =
                switch (bytes[0]) {
                    case CREDYT_ID -> ReferenceKind.CREDYT_ID;
                    case EXTERNAL_ID -> ReferenceKind.EXTERNAL_ID;
                    default -> throw new IllegalStateException("no kind of reference has the letter " + bytes[0]);
                };
        return new CredytReference(kind, new String(bytes, 1, bytes.length - 1, UTF_8));
    }
}

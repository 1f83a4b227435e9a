package io.usageflow.forwarder.admission.links;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.ReferenceKind;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The customer links of one partition's accounts, on disk; those of the accounts that come now are also in the heap,
 * since every event asks. Belongs to one task.
 */
public final class CustomerLinks {
    /** Bound of what is in the heap; beyond it all is read again, which is rare enough to keep no order of use. */
    private static final int AT_HAND_MAX = 20_000;

    /** Kinds of a reference as the store has them: short, and readable while the registry is away. */
    private static final byte CREDYT_ID = 'i';

    private static final byte EXTERNAL_ID = 'x';

    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<String, Optional<CredytReference>> atHand = new HashMap<>();

    public CustomerLinks(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    public Optional<CredytReference> of(String account) {
        Optional<CredytReference> known = atHand.get(account);
        if (known == null) {
            if (atHand.size() >= AT_HAND_MAX) {
                atHand.clear();
            }
            known = Optional.ofNullable(store.get(key(account))).map(CustomerLinks::fromBytes);
            atHand.put(account, known);
        }
        return known;
    }

    public void link(String account, CredytReference customer) {
        store.put(key(account), toBytes(customer));
        atHand.remove(account);
    }

    public void unlink(String account) {
        store.put(key(account), null);
        atHand.remove(account);
    }

    private static Bytes key(String account) {
        return Bytes.wrap(account.getBytes(UTF_8));
    }

    private static byte[] toBytes(CredytReference reference) {
        byte[] utf8 = reference.getValue().getBytes(UTF_8);
        return ByteBuffer.allocate(1 + utf8.length)
                .put(reference.getKind() == ReferenceKind.CREDYT_ID ? CREDYT_ID : EXTERNAL_ID)
                .put(utf8)
                .array();
    }

    private static CredytReference fromBytes(byte[] bytes) {
        ReferenceKind kind =
                switch (bytes[0]) {
                    case CREDYT_ID -> ReferenceKind.CREDYT_ID;
                    case EXTERNAL_ID -> ReferenceKind.EXTERNAL_ID;
                    default -> throw new IllegalStateException("no kind of reference has the letter " + bytes[0]);
                };
        return new CredytReference(kind, new String(bytes, 1, bytes.length - 1, UTF_8));
    }
}

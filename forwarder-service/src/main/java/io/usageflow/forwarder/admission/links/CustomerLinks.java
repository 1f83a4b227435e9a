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

/** The customer links of one partition's accounts, on disk with a cache in the heap. Belongs to one task. */
public final class CustomerLinks {
    /** Bound of the cache, which is cleared when it is full. */
    private static final int CACHED_MAX = 20_000;

    /** Kinds of a reference in the store, readable without the registry. */
    private static final byte CREDYT_ID = 'i';

    private static final byte EXTERNAL_ID = 'x';

    private final KeyValueStore<Bytes, byte[]> store;
    private final Map<String, Optional<CredytReference>> cache = new HashMap<>();

    public CustomerLinks(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    public Optional<CredytReference> of(String account) {
        Optional<CredytReference> known = cache.get(account);
        if (known == null) {
            if (cache.size() >= CACHED_MAX) {
                cache.clear();
            }
            known = Optional.ofNullable(store.get(key(account))).map(CustomerLinks::fromBytes);
            cache.put(account, known);
        }
        return known;
    }

    public void link(String account, CredytReference customer) {
        store.put(key(account), toBytes(customer));
        cache.remove(account);
    }

    public void unlink(String account) {
        store.put(key(account), null);
        cache.remove(account);
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
                    default -> throw new IllegalStateException("unknown kind of reference: " + bytes[0]);
                };
        return new CredytReference(kind, new String(bytes, 1, bytes.length - 1, UTF_8));
    }
}

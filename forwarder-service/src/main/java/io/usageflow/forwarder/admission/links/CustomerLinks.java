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

    /**
     * The same with a connected account, which ends with {@link #END_OF_ACCOUNT}. An earlier version fails on them:
     * better than to bill in the wrong account.
     */
    private static final byte CREDYT_ID_IN_ACCOUNT = 'I';

    private static final byte EXTERNAL_ID_IN_ACCOUNT = 'X';

    private static final byte END_OF_ACCOUNT = 0;

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
        boolean byCredytId = reference.getKind() == ReferenceKind.CREDYT_ID;
        if (reference.getCredytAccount() == null) {
            return ByteBuffer.allocate(1 + utf8.length)
                    .put(byCredytId ? CREDYT_ID : EXTERNAL_ID)
                    .put(utf8)
                    .array();
        }
        byte[] account = reference.getCredytAccount().getBytes(UTF_8);
        return ByteBuffer.allocate(2 + account.length + utf8.length)
                .put(byCredytId ? CREDYT_ID_IN_ACCOUNT : EXTERNAL_ID_IN_ACCOUNT)
                .put(account)
                .put(END_OF_ACCOUNT)
                .put(utf8)
                .array();
    }

    private static CredytReference fromBytes(byte[] bytes) {
        return switch (bytes[0]) {
            case CREDYT_ID -> new CredytReference(ReferenceKind.CREDYT_ID, text(bytes, 1, bytes.length), null);
            case EXTERNAL_ID -> new CredytReference(ReferenceKind.EXTERNAL_ID, text(bytes, 1, bytes.length), null);
            case CREDYT_ID_IN_ACCOUNT -> inAccount(ReferenceKind.CREDYT_ID, bytes);
            case EXTERNAL_ID_IN_ACCOUNT -> inAccount(ReferenceKind.EXTERNAL_ID, bytes);
            default -> throw new IllegalStateException("unknown kind of reference: " + bytes[0]);
        };
    }

    private static CredytReference inAccount(ReferenceKind kind, byte[] bytes) {
        int end = 1;
        while (bytes[end] != END_OF_ACCOUNT) {
            end++;
        }
        return new CredytReference(kind, text(bytes, end + 1, bytes.length), text(bytes, 1, end));
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, UTF_8);
    }
}

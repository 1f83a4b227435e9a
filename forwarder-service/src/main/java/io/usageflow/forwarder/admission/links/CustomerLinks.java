package io.usageflow.forwarder.admission.links;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.CredytReference;
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
            known = Optional.ofNullable(store.get(key(account))).map(StoredReference::fromBytes);
            atHand.put(account, known);
        }
        return known;
    }

    public void link(String account, CredytReference customer) {
        store.put(key(account), StoredReference.toBytes(customer));
        atHand.remove(account);
    }

    public void unlink(String account) {
        store.put(key(account), null);
        atHand.remove(account);
    }

    private static Bytes key(String account) {
        return Bytes.wrap(account.getBytes(UTF_8));
    }
}

package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.CredytReference;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/** The customer links of one partition's accounts. Belongs to one task. */
final class CustomerLinks {
    private final KeyValueStore<Bytes, byte[]> store;

    CustomerLinks(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    Optional<CredytReference> of(String account) {
        return Optional.ofNullable(store.get(key(account))).map(StoredReference::fromBytes);
    }

    void link(String account, CredytReference customer) {
        store.put(key(account), StoredReference.toBytes(customer));
    }

    void unlink(String account) {
        store.put(key(account), null);
    }

    private static Bytes key(String account) {
        return Bytes.wrap(account.getBytes(UTF_8));
    }
}

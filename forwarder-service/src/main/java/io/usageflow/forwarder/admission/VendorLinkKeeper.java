package io.usageflow.forwarder.admission;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps every vendor link on every instance, in the global thread: its bytes as they were published, and word that
 * something changed. Nothing here can fail for what a record says, because a dead global thread ends the instance.
 */
final class VendorLinkKeeper implements Processor<byte[], byte[], Void, Void> {
    private final VendorLinksVersion version;
    private KeyValueStore<Bytes, byte[]> store;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    VendorLinkKeeper(VendorLinksVersion version) {
        this.version = version;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        this.store = context.getStateStore(AdmissionTopology.VENDOR_LINKS);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (record.key() != null) {
            store.put(Bytes.wrap(record.key()), record.value());
            version.bump();
        }
    }
}

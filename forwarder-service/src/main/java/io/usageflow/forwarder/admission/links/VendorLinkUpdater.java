package io.usageflow.forwarder.admission.links;

import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.counters.AdmissionMeters.LinkOutcome;
import io.usageflow.forwarder.admission.source.BoundedConsumers;
import io.usageflow.forwarder.kafka.RecordCutter;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps every vendor link on every instance, in the global thread: its bytes as they were published, and word that
 * something changed. Nothing here can fail for what a record says, because a dead global thread ends the instance.
 */
public final class VendorLinkUpdater implements Processor<byte[], byte[], Void, Void> {
    private static final Logger LOG = LoggerFactory.getLogger(VendorLinkUpdater.class);

    /** A vendor's name in UTF-8 is shorter; no event could ask for what stands under a longer key. */
    private static final int KEY_BYTES_MAX = 1024;

    /** What stands for a link that is too large to be one. It is refused as any that cannot be read. */
    private static final byte[] UNUSABLE = new byte[0];

    private final String storeName;
    private final VendorLinks.Version version;
    private final AdmissionMeters meters;
    private KeyValueStore<Bytes, byte[]> store;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    public VendorLinkUpdater(String storeName, VendorLinks.Version version, AdmissionMeters meters) {
        this.storeName = storeName;
        this.version = version;
        this.meters = meters;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        this.store = context.getStateStore(storeName);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        byte[] key = record.key();
        if (key == null || key.length > KEY_BYTES_MAX) {
            LOG.warn(
                    "event=vendor_link_refused why=\"{}\"",
                    key == null
                            ? "a vendor link needs its vendor as the record's key"
                            : "its key has " + key.length + " bytes, and no vendor has more than " + KEY_BYTES_MAX);
            meters.count(LinkOutcome.REFUSED);
            return;
        }
        byte[] value = record.value();
        boolean isTooLarge = RecordCutter.isCut(record.headers())
                || (value != null && value.length >= BoundedConsumers.VENDOR_LINKS.valueBytesMax());
        store.put(Bytes.wrap(key), isTooLarge ? UNUSABLE : value);
        version.bump();
    }
}

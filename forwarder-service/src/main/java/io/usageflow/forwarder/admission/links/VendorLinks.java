package io.usageflow.forwarder.admission.links;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.admission.check.RecordDecoder.Decoded;
import io.usageflow.forwarder.admission.check.ViolationReasons;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.counters.AdmissionMeters.LinkOutcome;
import io.usageflow.forwarder.admission.source.BoundedConsumers;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.kafka.RecordCutter;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.rule.Violation;
import io.usageflow.schema.text.VisibleText;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vendor links, as one task sees them. They stand in a global store, written by another thread, as the bytes that
 * were published: decoding needs the registry, and the global thread must not die while that is away. So they are
 * decoded here, once for each version of the links.
 */
public final class VendorLinks {
    private static final Logger LOG = LoggerFactory.getLogger(VendorLinks.class);

    /** Bound of the decoded links, so that events with made-up vendors cannot fill the heap. */
    private static final int DECODED_MAX = 10_000;

    private final AdmissionMeters meters;
    private final ReadOnlyKeyValueStore<Bytes, byte[]> published;
    private final Function<byte[], Decoded<VendorLink>> decoder;
    private final Version version;
    private final Map<String, Lookup> decoded = new HashMap<>();
    /** Vendors whose unreadable link is in the log already. */
    private final Set<String> warned = new HashSet<>();

    private long decodedVersion;

    /** What is known of a vendor's link. Sealed. */
    public sealed interface Lookup {
        record Linked(CredytReference reference) implements Lookup {}

        /** There is no link, or one that is refused. */
        record NotLinked() implements Lookup {}

        /** There is a link, and the registry does not have its schema. It may have it again. */
        record Unreadable() implements Lookup {}

        default <T> T match(Function<CredytReference, T> onLinked, Supplier<T> onNotLinked, Supplier<T> onUnreadable) {
            if (this instanceof Linked linked) {
                return onLinked.apply(linked.reference());
            }
            return this instanceof Unreadable ? onUnreadable.get() : onNotLinked.get();
        }
    }

    public VendorLinks(
            AdmissionMeters meters,
            ReadOnlyKeyValueStore<Bytes, byte[]> published,
            Function<byte[], Decoded<VendorLink>> decoder,
            Version version) {
        this.meters = meters;
        this.published = published;
        this.decoder = decoder;
        this.version = version;
        this.decodedVersion = version.current();
    }

    public Lookup of(String vendor) {
        // The version before the store: a link that arrives in between is decoded again, never missed.
        long current = version.current();
        if (current != decodedVersion || decoded.size() >= DECODED_MAX) {
            decoded.clear();
            warned.clear();
            decodedVersion = current;
        }
        Lookup known = decoded.get(vendor);
        if (known == null) {
            known = read(vendor);
            decoded.put(vendor, known);
        }
        return known;
    }

    /** Unreadable links are read again by the next event that needs them. */
    public void forgetUnreadable() {
        decoded.values().removeIf(Lookup.Unreadable.class::isInstance);
    }

    private Lookup read(String vendor) {
        byte[] link = published.get(Bytes.wrap(vendor.getBytes(UTF_8)));
        if (link == null) {
            return new Lookup.NotLinked();
        }
        return decoder.apply(link)
                .match(
                        good -> usable(vendor, good),
                        bad -> bad.reason() == DeadLetterReason.UNKNOWN_SCHEMA
                                ? unreadable(vendor, bad.detail())
                                : refused(vendor, bad.reason() + ": " + bad.detail()));
    }

    private Lookup usable(String vendor, VendorLink link) {
        if (!link.getVendor().equals(vendor)) {
            return refused(vendor, "its value is of vendor " + link.getVendor());
        }
        List<Violation> violations = LinkRules.violations(link);
        return violations.isEmpty()
                ? new Lookup.Linked(link.getReference())
                : refused(vendor, ViolationReasons.detail(violations));
    }

    /** The vendor is linked to something: its costs must not be billed as if it were not. */
    private Lookup unreadable(String vendor, String why) {
        if (warned.add(vendor)) {
            meters.count(AdmissionMeters.LinkOutcome.REFUSED);
            LOG.warn(
                    "event=vendor_link_unreadable vendor={} why={} remedy=\"restore the registry's schemas with the ids that"
                            + " they had, or write the link again; events with the vendor's costs wait until then\"",
                    VisibleText.logged(vendor),
                    VisibleText.logged(why));
        }
        return new Lookup.Unreadable();
    }

    /** A link that cannot be used is as none. */
    private Lookup refused(String vendor, String why) {
        meters.count(AdmissionMeters.LinkOutcome.REFUSED);
        LOG.warn("event=vendor_link_refused vendor={} why={}", VisibleText.logged(vendor), VisibleText.logged(why));
        return new Lookup.NotLinked();
    }

    /**
     * Goes up whenever a vendor link has come or gone, so that the tasks of this process notice. The global thread bumps it
     * after its write; tasks only compare. Thread-safe. Not kept: a starting task looks at everything it has parked anyway.
     */
    public static final class Version {
        private final AtomicLong version = new AtomicLong();

        public long current() {
            return version.get();
        }

        void bump() {
            version.incrementAndGet();
        }
    }

    /**
     * Keeps every vendor link on every instance, in the global thread: its bytes as they were published, and word that
     * something changed. Nothing here can fail for what a record says, because a dead global thread ends the instance.
     */
    public static final class VendorLinkUpdater implements Processor<byte[], byte[], Void, Void> {
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
}

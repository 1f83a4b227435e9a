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
 * One task's view of the vendor links. The global thread stores their published bytes, since it must not fail while the
 * registry is unavailable. They are decoded here, once for each version of the links.
 */
public final class VendorLinks {
    private static final Logger LOG = LoggerFactory.getLogger(VendorLinks.class);

    /** Bound of the cache, so that events with invented vendors cannot fill the heap. */
    private static final int DECODED_MAX = 10_000;

    private final AdmissionMeters meters;
    private final ReadOnlyKeyValueStore<Bytes, byte[]> published;
    private final Function<byte[], Decoded<VendorLink>> decoder;
    private final Version version;
    private final Map<String, Lookup> decoded = new HashMap<>();
    /** Vendors whose unreadable link was already logged. */
    private final Set<String> warned = new HashSet<>();

    private long decodedVersion;

    /** The result of looking up a vendor's link. */
    public sealed interface Lookup {
        record Linked(CredytReference reference) implements Lookup {
            @Override
            public <T> T match(
                    Function<CredytReference, T> onLinked, Supplier<T> onNotLinked, Supplier<T> onUnreadable) {
                return onLinked.apply(reference);
            }
        }

        /** There is no valid link. */
        record NotLinked() implements Lookup {
            @Override
            public <T> T match(
                    Function<CredytReference, T> onLinked, Supplier<T> onNotLinked, Supplier<T> onUnreadable) {
                return onNotLinked.get();
            }
        }

        /** The link's schema is not in the registry; it may return. */
        record Unreadable() implements Lookup {
            @Override
            public <T> T match(
                    Function<CredytReference, T> onLinked, Supplier<T> onNotLinked, Supplier<T> onUnreadable) {
                return onUnreadable.get();
            }
        }

        <T> T match(Function<CredytReference, T> onLinked, Supplier<T> onNotLinked, Supplier<T> onUnreadable);
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
        // Reads the version before the store, so that a link that arrives between them is decoded again and not missed.
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

    /** Makes the next event read unreadable links again. */
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
            return refused(vendor, "its value is for vendor " + link.getVendor());
        }
        List<Violation> violations = LinkRules.violations(link);
        return violations.isEmpty()
                ? new Lookup.Linked(link.getReference())
                : refused(vendor, ViolationReasons.detail(violations));
    }

    /** The vendor has a link, so its costs must not be billed as if it had none. */
    private Lookup unreadable(String vendor, String why) {
        if (warned.add(vendor)) {
            meters.count(AdmissionMeters.LinkOutcome.REFUSED);
            LOG.warn(
                    "event=vendor_link_unreadable vendor={} why={} remedy=\"restore the registry's schemas with their"
                            + " ids, or write the link again; events with the vendor's costs wait until then\"",
                    VisibleText.logged(vendor),
                    VisibleText.logged(why));
        }
        return new Lookup.Unreadable();
    }

    /** Treats an unusable link as a missing one. */
    private Lookup refused(String vendor, String why) {
        meters.count(AdmissionMeters.LinkOutcome.REFUSED);
        LOG.warn("event=vendor_link_refused vendor={} why={}", VisibleText.logged(vendor), VisibleText.logged(why));
        return new Lookup.NotLinked();
    }

    /**
     * Counts changes of vendor links, so that the tasks of this process notice them. The global thread increments it
     * after a write. Thread-safe. Not stored, since a starting task checks all of its parked events.
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
     * Stores the published bytes of every vendor link, in the global thread of every instance. No record can make it
     * fail, because a dead global thread stops the instance.
     */
    public static final class VendorLinkUpdater implements Processor<byte[], byte[], Void, Void> {
        private static final Logger LOG = LoggerFactory.getLogger(VendorLinkUpdater.class);

        /** Longer than any vendor's name in UTF-8. */
        private static final int KEY_BYTES_MAX = 1024;

        /** Replaces a link that is too large; refused when it is read. */
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
                                : "its key has " + key.length + " bytes; a vendor has at most " + KEY_BYTES_MAX);
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

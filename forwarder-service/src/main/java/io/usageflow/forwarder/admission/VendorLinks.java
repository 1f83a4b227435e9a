package io.usageflow.forwarder.admission;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.schema.CredytReference;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.rule.LinkRules;
import io.usageflow.schema.rule.Violation;
import io.usageflow.schema.text.VisibleText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The vendor links, as one task sees them. They stand in a global store, written by another thread, as the bytes that
 * were published: decoding needs the registry, and the global thread must not die while that is away. So they are
 * decoded here, once for each version of the links.
 */
final class VendorLinks {
    private static final Logger LOG = LoggerFactory.getLogger(VendorLinks.class);

    /** Bound of the decoded links, so that events with made-up vendors cannot fill the heap. */
    private static final int DECODED_MAX = 10_000;

    private final AdmissionMeters meters;
    private final ReadOnlyKeyValueStore<Bytes, byte[]> published;
    private final Function<byte[], Decoded<VendorLink>> decoder;
    private final VendorLinksVersion version;
    private final Map<String, Optional<CredytReference>> decoded = new HashMap<>();
    private long decodedVersion;

    VendorLinks(
            AdmissionMeters meters,
            ReadOnlyKeyValueStore<Bytes, byte[]> published,
            Function<byte[], Decoded<VendorLink>> decoder,
            VendorLinksVersion version) {
        this.meters = meters;
        this.published = published;
        this.decoder = decoder;
        this.version = version;
        this.decodedVersion = version.current();
    }

    Optional<CredytReference> of(String vendor) {
        // The version before the store: a link that arrives in between is decoded again, never missed.
        long current = version.current();
        if (current != decodedVersion || decoded.size() >= DECODED_MAX) {
            decoded.clear();
            decodedVersion = current;
        }
        Optional<CredytReference> known = decoded.get(vendor);
        if (known == null) {
            known = read(vendor);
            decoded.put(vendor, known);
        }
        return known;
    }

    private Optional<CredytReference> read(String vendor) {
        byte[] link = published.get(Bytes.wrap(vendor.getBytes(UTF_8)));
        if (link == null) {
            return Optional.empty();
        }
        return decoder.apply(link)
                .match(good -> usable(vendor, good), bad -> refused(vendor, bad.reason() + ": " + bad.detail()));
    }

    private Optional<CredytReference> usable(String vendor, VendorLink link) {
        if (!link.getVendor().equals(vendor)) {
            return refused(vendor, "its value is of vendor " + link.getVendor());
        }
        List<Violation> violations = LinkRules.violations(link);
        return violations.isEmpty()
                ? Optional.of(link.getReference())
                : refused(vendor, ViolationReasons.detail(violations));
    }

    /** A link that cannot be used is as none. */
    private Optional<CredytReference> refused(String vendor, String why) {
        meters.count(AdmissionMeters.LinkOutcome.REFUSED);
        LOG.warn("vendor link refused, vendor={} why={}", VisibleText.logged(vendor), VisibleText.logged(why));
        return Optional.empty();
    }
}

package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.schema.topic.Topics;
import java.util.Map;

/**
 * What all tasks of an instance share. Immutable; its parts are thread-safe.
 *
 * @param registry configuration of serializers, as {@link io.usageflow.schema.serde.AvroSerdes} takes it
 */
record AdmissionParts(
        AdmissionSettings settings,
        Topics topics,
        HomePartition home,
        Map<String, ?> registry,
        Watching watching,
        VendorLinksVersion vendorLinksVersion) {

    /** What tells how it goes. */
    record Watching(AdmissionMeters meters, RegistryWatch registryWatch) {}

    AdmissionMeters meters() {
        return watching.meters();
    }
}

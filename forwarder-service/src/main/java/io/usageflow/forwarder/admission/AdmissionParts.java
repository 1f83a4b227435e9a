package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.schema.topic.Topics;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

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

    /**
     * What tells how it goes.
     *
     * @param stopwatchMs tells how long work takes; a processor's own clock stands still while it works
     */
    record Watching(AdmissionMeters meters, RegistryWatch registryWatch, LongSupplier stopwatchMs) {
        Watching(AdmissionMeters meters, RegistryWatch registryWatch) {
            this(meters, registryWatch, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        }
    }

    AdmissionMeters meters() {
        return watching.meters();
    }
}

package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.check.RegistryStatus;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.links.VendorLinks;
import io.usageflow.forwarder.admission.parking.ParkingClock;
import io.usageflow.forwarder.admission.source.SourcePositions;
import io.usageflow.forwarder.admission.streams.SourceTopics;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.schema.topic.Topics;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What all tasks of an instance share. Immutable; its dependencies are thread-safe.
 *
 * @param registry configuration of serializers, as {@link io.usageflow.schema.serde.AvroSerdes} takes it
 */
record AdmissionDependencies(
        AdmissionSettings settings,
        Topics topics,
        AccountPartitioner home,
        Map<String, ?> registry,
        Observation observation,
        SourcePositions.Sources sources,
        VendorLinks.Version vendorLinksVersion,
        WriteBounds writes) {

    /** With what the topics take as they are planned. */
    AdmissionDependencies(
            AdmissionSettings settings,
            Topics topics,
            AccountPartitioner home,
            Map<String, ?> registry,
            Observation observation,
            SourcePositions.Sources sources,
            VendorLinks.Version vendorLinksVersion) {
        this(
                settings,
                topics,
                home,
                registry,
                observation,
                sources,
                vendorLinksVersion,
                WriteBounds.of(settings, SourceTopics.MESSAGE_BYTES_DEFAULT));
    }

    /**
     * What tells how it goes.
     *
     * @param stopwatchMs tells how long work takes; a processor's own clock stands still while it works
     * @param waiting by which parked events age
     */
    record Observation(
            AdmissionMeters meters, RegistryStatus registryWatch, LongSupplier stopwatchMs, ParkingClock waiting) {
        Observation(AdmissionMeters meters, RegistryStatus registryWatch, LongSupplier stopwatchMs) {
            this(meters, registryWatch, stopwatchMs, new ParkingClock(stopwatchMs));
        }

        Observation(AdmissionMeters meters, RegistryStatus registryWatch) {
            this(meters, registryWatch, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        }
    }

    AdmissionMeters meters() {
        return observation.meters();
    }
}

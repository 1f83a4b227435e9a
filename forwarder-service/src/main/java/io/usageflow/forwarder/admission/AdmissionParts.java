package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.RecordBounds;
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
        SourcePositions.Sources sources,
        VendorLinksVersion vendorLinksVersion,
        WriteBounds writes) {

    /** With what the topics take as they are planned. */
    AdmissionParts(
            AdmissionSettings settings,
            Topics topics,
            HomePartition home,
            Map<String, ?> registry,
            Watching watching,
            SourcePositions.Sources sources,
            VendorLinksVersion vendorLinksVersion) {
        this(
                settings,
                topics,
                home,
                registry,
                watching,
                sources,
                vendorLinksVersion,
                WriteBounds.of(settings, WriteBounds.USUAL));
    }

    /**
     * How large the records may be that are written.
     *
     * @param records that are read, of which dead letters keep no more
     * @param reroutedBytesMax what the topics of events, replays and links take
     */
    record WriteBounds(RecordBounds records, int reroutedBytesMax) {
        /** Kafka's default for a topic. */
        static final int USUAL = 1024 * 1024;

        static WriteBounds of(AdmissionSettings settings, int reroutedBytesMax) {
            return new WriteBounds(RecordBounds.of(settings.guard().eventBytesMax()), reroutedBytesMax);
        }
    }

    /**
     * What tells how it goes.
     *
     * @param stopwatchMs tells how long work takes; a processor's own clock stands still while it works
     * @param waiting by which parked events age
     */
    record Watching(
            AdmissionMeters meters, RegistryWatch registryWatch, LongSupplier stopwatchMs, WaitingClock waiting) {
        Watching(AdmissionMeters meters, RegistryWatch registryWatch, LongSupplier stopwatchMs) {
            this(meters, registryWatch, stopwatchMs, new WaitingClock(stopwatchMs));
        }

        Watching(AdmissionMeters meters, RegistryWatch registryWatch) {
            this(meters, registryWatch, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        }
    }

    AdmissionMeters meters() {
        return watching.meters();
    }
}

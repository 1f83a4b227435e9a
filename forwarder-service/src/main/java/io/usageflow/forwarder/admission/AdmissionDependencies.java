package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.check.AccountPartitioner;
import io.usageflow.forwarder.admission.check.RegistryRetry.RegistryStatus;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.gate.BillingGate.Billing;
import io.usageflow.forwarder.admission.links.VendorLinks;
import io.usageflow.forwarder.admission.parking.ParkingClock;
import io.usageflow.forwarder.admission.source.SourcePositions;
import io.usageflow.forwarder.admission.streams.SourceTopics;
import io.usageflow.forwarder.config.AdmissionSettings;
import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.schema.topic.Topics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The objects that all tasks of an instance share. Immutable; the objects are thread-safe.
 *
 * @param registry settings of the serializers, for {@link io.usageflow.schema.serde.AvroSerdes}
 * @param billing empty in a process that does not read Credyt's catalogue
 */
record AdmissionDependencies(
        AdmissionSettings settings,
        Topics topics,
        AccountPartitioner home,
        Map<String, ?> registry,
        Observation observation,
        SourcePositions.Sources sources,
        VendorLinks.Version vendorLinksVersion,
        WriteBounds writes,
        Optional<Billing> billing) {

    /** Uses Kafka's default of {@code max.message.bytes}. */
    AdmissionDependencies(
            AdmissionSettings settings,
            Topics topics,
            AccountPartitioner home,
            Map<String, ?> registry,
            Observation observation,
            SourcePositions.Sources sources,
            VendorLinks.Version vendorLinksVersion,
            Optional<Billing> billing) {
        this(
                settings,
                topics,
                home,
                registry,
                observation,
                sources,
                vendorLinksVersion,
                WriteBounds.of(settings, SourceTopics.MESSAGE_BYTES_DEFAULT, SourceTopics.MESSAGE_BYTES_DEFAULT),
                billing);
    }

    /**
     * Meters and clocks.
     *
     * @param stopwatchMs measures the duration of work, since a processor's own clock does not advance while it works
     * @param waiting the clock by which parked events age
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

    /**
     * Bounds of the records that admission writes.
     *
     * @param records bounds of the records that are read; a dead letter keeps no more of its source record
     * @param reroutedBytesMax the smallest {@code max.message.bytes} of the topics of events, replays and customer
     *     links
     * @param deliverableBytesMax the largest deliverable record with JSON; above it, delivery writes the JSON
     */
    record WriteBounds(RecordBounds records, int reroutedBytesMax, int deliverableBytesMax) {
        /** {@code deliverableBytesMax} is the topic's {@code max.message.bytes}, which the producer may lower. */
        static WriteBounds of(AdmissionSettings settings, int reroutedBytesMax, int deliverableBytesMax) {
            RecordBounds records = RecordBounds.of(settings.guard().eventBytesMax());
            return new WriteBounds(records, reroutedBytesMax, Math.min(deliverableBytesMax, records.writtenBytesMax()));
        }
    }
}

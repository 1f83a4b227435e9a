package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.AdmissionSinks.OutgoingRecord;
import io.usageflow.forwarder.admission.check.RecordDecoder;
import io.usageflow.forwarder.admission.check.RegistryRetry;
import io.usageflow.forwarder.admission.counters.AdmissionLedger;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.admission.dedup.AgeGuard;
import io.usageflow.forwarder.admission.dedup.DedupStore;
import io.usageflow.forwarder.admission.dedup.IndexedIdStore;
import io.usageflow.forwarder.admission.gate.BillingGate;
import io.usageflow.forwarder.admission.links.CustomerLinks;
import io.usageflow.forwarder.admission.links.LinkResolver;
import io.usageflow.forwarder.admission.links.VendorLinks;
import io.usageflow.forwarder.admission.parking.ParkedEvents;
import io.usageflow.forwarder.admission.parking.ParkedRelease;
import io.usageflow.forwarder.admission.parking.ReleaseThrottle;
import io.usageflow.forwarder.admission.source.SourcePositions;
import io.usageflow.forwarder.capacity.IdRoom;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.serde.AvroSerdes;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The objects of one task. Created from the committed stores whenever the task starts, so no state in the heap outlives
 * an aborted transaction.
 */
record AdmissionTask(
        PartitionState state,
        AgeGuard ages,
        VendorLinks vendors,
        EventChecker checker,
        DecisionHandler handler,
        ParkedRelease release,
        CustomerLinkHandler links,
        AdmissionSinks sinks,
        IndexedIdStore ids) {

    static AdmissionTask open(AdmissionDependencies dependencies, ProcessorContext<byte[], OutgoingRecord> context) {
        var settings = dependencies.settings();
        AgeGuard ages = new AgeGuard(settings.guard().window(), settings.guard().skew());
        IndexedIdStore ids = context.getStateStore(AdmissionTopology.BOOKS);
        PartitionState state = state(dependencies, context, ages, ids);
        RegistryRetry registryRetry =
                new RegistryRetry(dependencies.observation().registryWatch());
        RecordDecoder<UsageEvent> events = new RecordDecoder<>(
                AvroSerdes.valueDeserializer(dependencies.registry(), UsageEvent.class),
                dependencies.topics().events(),
                registryRetry);
        VendorLinks vendors = new VendorLinks(
                dependencies.meters(),
                context.getStateStore(AdmissionTopology.VENDOR_LINKS),
                linkDecoder(
                        dependencies.registry(),
                        VendorLink.class,
                        dependencies.topics().vendorLinks(),
                        registryRetry)::decode,
                dependencies.vendorLinksVersion());
        LinkResolver resolver = new LinkResolver(state.customers()::of, vendors::of, settings.unlinked());
        AdmissionSinks sinks = new AdmissionSinks(
                context, dependencies.topics(), dependencies.registry(), registryRetry, dependencies.writes());
        DecisionHandler handler = new DecisionHandler(state, sinks, dependencies.meters());
        BillingGate gate = new BillingGate(settings.unbillable(), dependencies.billing());
        ParkedRelease release = new ParkedRelease(
                state.parked(),
                events,
                resolver,
                gate,
                handler,
                settings.parking().ageMax(),
                ReleaseThrottle.ofThisThread(dependencies.observation().stopwatchMs()));
        return new AdmissionTask(
                state,
                ages,
                vendors,
                new EventChecker(
                        events,
                        dependencies.home(),
                        new EventChecker.Limits(settings.guard(), settings.senders(), dependencies.writes()),
                        ages,
                        state,
                        resolver,
                        gate),
                handler,
                release,
                new CustomerLinkHandler(
                        linkDecoder(
                                dependencies.registry(),
                                CustomerLink.class,
                                dependencies.topics().customerLinks(),
                                registryRetry),
                        dependencies.home(),
                        state.customers(),
                        release,
                        sinks,
                        dependencies.meters()),
                sinks,
                ids);
    }

    void close(AdmissionMeters meters, int partition) {
        meters.partitionLeft(partition);
        state.positions().close();
        release.close();
        sinks.close();
        ids.closeIndex();
    }

    private static PartitionState state(
            AdmissionDependencies dependencies,
            ProcessorContext<byte[], OutgoingRecord> context,
            AgeGuard ages,
            IndexedIdStore ids) {
        KeyValueStore<Bytes, byte[]> books = ids.records();
        AdmissionLedger ledger = new AdmissionLedger(books);
        int partition = context.taskId().partition();
        return new PartitionState(
                new DedupStore(books, ids.openIndex(), ages, room(dependencies, context)),
                new CustomerLinks(store(context, AdmissionTopology.CUSTOMER_LINKS)),
                new ParkedEvents(
                        store(context, AdmissionTopology.PARKED_EVENTS),
                        store(context, AdmissionTopology.PARKED_QUEUES)),
                ledger,
                new SourcePositions(
                        books,
                        ledger,
                        dependencies.sources(),
                        new TopicPartition(dependencies.topics().events(), partition),
                        new TopicPartition(dependencies.topics().replays(), partition),
                        new TopicPartition(dependencies.topics().customerLinks(), partition)));
    }

    private static IdRoom room(AdmissionDependencies dependencies, ProcessorContext<byte[], OutgoingRecord> context) {
        return IdRoom.on(
                context.stateDir().toPath(),
                dependencies.settings().memory().idsMax(),
                dependencies.home().partitions());
    }

    private static KeyValueStore<Bytes, byte[]> store(ProcessorContext<byte[], OutgoingRecord> context, String name) {
        return context.getStateStore(name);
    }

    /** Only the library and the commands write links, so a schema that the registry has lost is ours. */
    private static <T extends SpecificRecord> RecordDecoder<T> linkDecoder(
            Map<String, ?> registry, Class<T> type, String topic, RegistryRetry registryRetry) {
        return new RecordDecoder<>(AvroSerdes.ownValueDeserializer(registry, type), topic, registryRetry);
    }

    /** The state of one partition. Belongs to one task, so to one thread. */
    record PartitionState(
            DedupStore dedup,
            CustomerLinks customers,
            ParkedEvents parked,
            AdmissionLedger ledger,
            SourcePositions positions) {
        /** Writes the heap buffers, in the transaction that is about to be committed. */
        void write() {
            dedup.write();
            positions.write();
            ledger.write();
        }
    }
}

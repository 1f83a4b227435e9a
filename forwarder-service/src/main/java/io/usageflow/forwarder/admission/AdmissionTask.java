package io.usageflow.forwarder.admission;

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
 * The rooms of one task, wired. Made anew whenever the task starts, from the stores as the last committed transaction
 * left them; so nothing that is kept in the heap can outlive a transaction that was aborted.
 */
record AdmissionTask(
        PartitionState state,
        AgeGuard ages,
        VendorLinks vendors,
        EventJudge judge,
        EventFlow flow,
        ParkedRelease release,
        CustomerLinkFlow links,
        Outlet outlet) {

    static AdmissionTask open(AdmissionParts parts, ProcessorContext<byte[], Outgoing> context) {
        var settings = parts.settings();
        AgeGuard ages = new AgeGuard(settings.guard().window(), settings.guard().skew());
        PartitionState state = state(parts, context, ages);
        RegistryPatience patience = new RegistryPatience(parts.watching().registryWatch());
        RecordDecoder<UsageEvent> events = new RecordDecoder<>(
                AvroSerdes.valueDeserializer(parts.registry(), UsageEvent.class),
                parts.topics().events(),
                patience);
        VendorLinks vendors = new VendorLinks(
                parts.meters(),
                context.getStateStore(AdmissionTopology.VENDOR_LINKS),
                linkDecoder(parts.registry(), VendorLink.class, parts.topics().vendorLinks(), patience)::decode,
                parts.vendorLinksVersion());
        LinkResolver resolver = new LinkResolver(state.customers()::of, vendors::of, settings.unlinked());
        Outlet outlet = new Outlet(context, parts.topics(), parts.registry(), patience, parts.writes());
        EventFlow flow = new EventFlow(state, outlet, parts.meters());
        ParkedRelease release = new ParkedRelease(
                state.parked(),
                events,
                resolver,
                flow,
                settings.parking().ageMax(),
                ReleasePace.ofThisThread(parts.watching().stopwatchMs()));
        return new AdmissionTask(
                state,
                ages,
                vendors,
                new EventJudge(
                        events,
                        parts.home(),
                        new EventJudge.Limits(settings.guard(), parts.writes()),
                        ages,
                        state,
                        resolver),
                flow,
                release,
                new CustomerLinkFlow(
                        linkDecoder(
                                parts.registry(),
                                CustomerLink.class,
                                parts.topics().customerLinks(),
                                patience),
                        parts.home(),
                        state.customers(),
                        release,
                        outlet,
                        parts.meters()),
                outlet);
    }

    void close(AdmissionMeters meters, int partition) {
        meters.partitionLeft(partition);
        state.positions().close();
        release.close();
        outlet.close();
    }

    private static PartitionState state(
            AdmissionParts parts, ProcessorContext<byte[], Outgoing> context, AgeGuard ages) {
        AdmissionLedger ledger = new AdmissionLedger(store(context, AdmissionTopology.BOOKS));
        int partition = context.taskId().partition();
        return new PartitionState(
                new SeenEvents(
                        store(context, AdmissionTopology.BOOKS),
                        ages,
                        parts.settings().memory().idsMax()),
                new CustomerLinks(store(context, AdmissionTopology.CUSTOMER_LINKS)),
                new ParkedEvents(
                        store(context, AdmissionTopology.PARKED_EVENTS),
                        store(context, AdmissionTopology.PARKED_QUEUES)),
                ledger,
                new SourcePositions(
                        store(context, AdmissionTopology.BOOKS),
                        ledger,
                        parts.sources(),
                        new TopicPartition(parts.topics().events(), partition),
                        new TopicPartition(parts.topics().replays(), partition),
                        new TopicPartition(parts.topics().customerLinks(), partition)));
    }

    private static KeyValueStore<Bytes, byte[]> store(ProcessorContext<byte[], Outgoing> context, String name) {
        return context.getStateStore(name);
    }

    /** Links are written by the library and the commands: a schema that the registry has lost is ours. */
    private static <T extends SpecificRecord> RecordDecoder<T> linkDecoder(
            Map<String, ?> registry, Class<T> type, String topic, RegistryPatience patience) {
        return new RecordDecoder<>(AvroSerdes.ownValueDeserializer(registry, type), topic, patience);
    }
}

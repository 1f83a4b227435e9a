package io.usageflow.forwarder.admission;

import io.usageflow.forwarder.admission.AdmissionSinks.OutgoingRecord;
import io.usageflow.forwarder.admission.dedup.IndexedIdStore;
import io.usageflow.forwarder.admission.dedup.index.IdIndex;
import io.usageflow.forwarder.admission.links.VendorLinks.VendorLinkUpdater;
import io.usageflow.forwarder.admission.source.RecordTime;
import io.usageflow.forwarder.admission.source.SourceOffsets;
import io.usageflow.forwarder.admission.streams.PreCommitHook;
import io.usageflow.schema.topic.Topics;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Builds the topology and names its processors, stores and topics. The names are part of changelog topics and of the
 * state folder: renaming a store loses its content.
 *
 * <p>One sub-topology, so one task for each partition: {@code events}, {@code replays} and {@code customer-links} have
 * the same partitioning, so all state of an account is in one task.
 */
final class AdmissionTopology {
    /** The name of the stage. */
    static final String STAGE = "admission";

    static final String ADMIT = "admit";
    static final String TO_DELIVERABLE = "to-deliverable";
    static final String TO_DEAD_LETTERS = "to-dead-letters";
    static final String TO_HOME_PARTITION = "to-home-partition";
    static final String TO_LEDGER = "to-ledger";

    /**
     * Ids, counters and source positions. One store for all that every transaction changes, because each changelog adds
     * a partition to every transaction, which costs more than the writes.
     */
    static final String BOOKS = "books";

    static final String BEFORE_COMMIT = "before-commit";

    static final String CUSTOMER_LINKS = "customer-links";
    static final String VENDOR_LINKS = "vendor-links";
    static final String PARKED_EVENTS = "parked-events";
    static final String PARKED_QUEUES = "parked-queues";

    /** Set for each source, so that Streams gives the consumer no reset policy: {@link SourceOffsets} decides. */
    private static final AutoOffsetReset NO_RESET = AutoOffsetReset.earliest();

    private AdmissionTopology() {}

    static Topology of(AdmissionDependencies dependencies) {
        Topics topics = dependencies.topics();
        Deserializer<byte[]> bytes = new ByteArrayDeserializer();
        Topology topology = new Topology();
        topology.addGlobalStore(
                        Stores.keyValueStoreBuilder(
                                        Stores.inMemoryKeyValueStore(VENDOR_LINKS), Serdes.Bytes(), Serdes.ByteArray())
                                .withLoggingDisabled(),
                        "from-vendor-links",
                        new RecordTime.OfLinks(),
                        bytes,
                        bytes,
                        topics.vendorLinks(),
                        "keep-vendor-links",
                        () -> new VendorLinkUpdater(
                                VENDOR_LINKS, dependencies.vendorLinksVersion(), dependencies.meters()))
                .addSource(NO_RESET, "from-events", new RecordTime(), bytes, bytes, topics.events())
                .addSource(NO_RESET, "from-replays", new RecordTime(), bytes, bytes, topics.replays())
                .addSource(
                        NO_RESET, "from-customer-links", new RecordTime.OfLinks(), bytes, bytes, topics.customerLinks())
                .addProcessor(
                        ADMIT,
                        () -> new AdmissionProcessor(dependencies),
                        "from-events",
                        "from-replays",
                        "from-customer-links");
        addStores(
                topology,
                IdIndex.Sizes.ofHeapIds(dependencies.settings().memory().heapIds()));
        addSinks(topology, topics);
        return topology;
    }

    private static void addStores(Topology topology, IdIndex.Sizes ids) {
        topology.addStateStore(PreCommitHook.named(BEFORE_COMMIT), ADMIT)
                .addStateStore(IndexedIdStore.around(store(Stores.persistentKeyValueStore(BOOKS)), ids), ADMIT)
                .addStateStore(store(Stores.persistentKeyValueStore(CUSTOMER_LINKS)), ADMIT)
                .addStateStore(store(Stores.persistentKeyValueStore(PARKED_EVENTS)), ADMIT)
                .addStateStore(store(Stores.inMemoryKeyValueStore(PARKED_QUEUES)), ADMIT);
    }

    private static void addSinks(Topology topology, Topics topics) {
        addSink(topology, TO_DELIVERABLE, topics.deliverable());
        addSink(topology, TO_DEAD_LETTERS, topics.deadLetters());
        addSink(topology, TO_LEDGER, topics.ledger());
        topology.addSink(
                TO_HOME_PARTITION,
                (byte[] key, OutgoingRecord value, org.apache.kafka.streams.processor.RecordContext from) ->
                        from.topic(),
                new ByteArraySerializer(),
                new OutgoingRecord.ValueSerializer(),
                new OutgoingRecord.Partitioner(),
                ADMIT);
    }

    private static void addSink(Topology topology, String name, String topic) {
        topology.addSink(
                name,
                topic,
                new ByteArraySerializer(),
                new OutgoingRecord.ValueSerializer(),
                new OutgoingRecord.Partitioner(),
                ADMIT);
    }

    private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(KeyValueBytesStoreSupplier supplier) {
        return Stores.keyValueStoreBuilder(supplier, Serdes.Bytes(), Serdes.ByteArray())
                .withLoggingEnabled(Map.of());
    }
}

package io.usageflow.benchmarks.program;

import io.usageflow.forwarder.admission.streams.AdmissionContext;
import io.usageflow.forwarder.admission.streams.StreamsSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/** A peer: a topology from the events topic to the deliverable topic, run with admission's own settings of Streams. */
public final class StreamsProgram implements SideProgram {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final TopologyMaker topologies;
    private final UnaryOperator<Properties> adapted;
    private final LongAdder forwarded = new LongAdder();
    private @Nullable KafkaStreams streams;
    private volatile @Nullable Throwable failure;

    /** Makes a topology. */
    @FunctionalInterface
    interface TopologyMaker {
        /** Creates the topology, which increments {@code forwarded} for each event that goes out. */
        Topology of(Topics topics, LongAdder forwarded);
    }

    private StreamsProgram(TopologyMaker topologies, UnaryOperator<Properties> adapted) {
        this.topologies = topologies;
        this.adapted = adapted;
    }

    public static StreamsProgram copy() {
        return new StreamsProgram(DedupTopology::copy, properties -> properties);
    }

    /** A peer that removes repeats. Without a tuning, Streams' own defaults for RocksDB apply. */
    public static StreamsProgram dedup(
            ComparedDedupStore store, Optional<Class<? extends RocksDBConfigSetter>> tuning) {
        return new StreamsProgram((topics, forwarded) -> DedupTopology.of(store, topics, forwarded), properties -> {
            properties.remove(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG);
            tuning.ifPresent(setter -> properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, setter));
            return properties;
        });
    }

    @Override
    public void start(Settings settings) {
        AdmissionContext around = new AdmissionContext(
                settings.topics().names(),
                settings.kafka().client(),
                settings.kafka().streams(),
                settings.registry().serde(),
                settings.process().stateDir());
        Properties properties = adapted.apply(StreamsSettings.of(settings.admission(), around));
        if (!settings.kafka().streams().containsKey(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG)) {
            // Admission commits as often under load, by itself; Streams' own interval is only its longest.
            properties.put(
                    StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                    settings.admission().engine().latencyTarget().toMillis() / 2);
        }
        forwarded.reset();
        KafkaStreams made = new KafkaStreams(topologies.of(around.topics(), forwarded), properties);
        made.setUncaughtExceptionHandler(thrown -> {
            failure = thrown;
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams = made;
        made.start();
    }

    @Override
    public boolean ready() {
        return streams != null && streams.state() == KafkaStreams.State.RUNNING;
    }

    @Override
    public void requireAlive() {
        Throwable thrown = failure;
        if (thrown != null) {
            throw new IllegalStateException("Kafka Streams has ended: " + thrown, thrown);
        }
        if (streams == null) {
            throw new IllegalStateException("Kafka Streams was not started");
        }
    }

    @Override
    public long forwarded() {
        return forwarded.sum();
    }

    @Override
    public void stop() {
        // As admission does: a member that only falls silent would be waited for at the next start.
        if (streams != null
                && !streams.close(CloseOptions.timeout(STOP_LIMIT)
                        .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP))) {
            throw new IllegalStateException("Kafka Streams did not stop within " + STOP_LIMIT);
        }
        streams = null;
    }

    /** Bytes in, the same bytes out: all of them, or one event of each id. */
    static final class DedupTopology {
        private static final String PROCESSOR = "forward";

        private DedupTopology() {}

        /** Forwards every event, without a store and without decoding. */
        static Topology copy(Topics topics, LongAdder forwarded) {
            return of(topics, () -> new Forward(forwarded));
        }

        /** Forwards the events whose id the store has not seen. */
        static Topology of(ComparedDedupStore store, Topics topics, LongAdder forwarded) {
            return of(topics, () -> new ForwardFirst(store, forwarded)).addStateStore(store.builder(), PROCESSOR);
        }

        private static Topology of(Topics topics, ProcessorSupplier<byte[], byte[], byte[], byte[]> processor) {
            return new Topology()
                    .addSource("from-events", new ByteArrayDeserializer(), new ByteArrayDeserializer(), topics.events())
                    .addProcessor(PROCESSOR, processor, "from-events")
                    .addSink(
                            "to-deliverable",
                            topics.deliverable(),
                            new ByteArraySerializer(),
                            new ByteArraySerializer(),
                            PROCESSOR);
        }

        private static class Forward extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
            private final LongAdder forwarded;

            Forward(LongAdder forwarded) {
                this.forwarded = forwarded;
            }

            @Override
            public void process(Record<byte[], byte[]> record) {
                forwarded.increment();
                context().forward(record);
            }
        }

        private static final class ForwardFirst extends Forward {
            private final ComparedDedupStore store;
            private ComparedDedupStore.SeenIds seen;

            @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
            ForwardFirst(ComparedDedupStore store, LongAdder forwarded) {
                super(forwarded);
                this.store = store;
            }

            @Override
            public void init(ProcessorContext<byte[], byte[]> context) {
                super.init(context);
                seen = store.open().apply(context.getStateStore(ComparedDedupStore.NAME));
            }

            @Override
            public void process(Record<byte[], byte[]> record) {
                if (seen.isFirst(record.value(), record.timestamp())) {
                    super.process(record);
                }
            }
        }
    }

    /**
     * RocksDB with the two options that paid: one cache for all stores, and a Bloom filter over what is not yet on
     * disk. Independent of what admission does, so that figures of later runs have the same candidate.
     */
    public static final class SharedCacheTuning implements RocksDBConfigSetter {
        private static final long CACHE_BYTES = 192L * 1024 * 1024;
        private static final long WRITE_BUFFER_BYTES = 96L * 1024 * 1024;

        static {
            RocksDB.loadLibrary();
        }

        private static final Cache CACHE = new LRUCache(CACHE_BYTES);
        private static final WriteBufferManager WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFER_BYTES, CACHE);

        /** For Streams, which makes one for each store. */
        public SharedCacheTuning() {}

        @Override
        public void setConfig(String storeName, Options options, Map<String, Object> configs) {
            BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
            table.setBlockCache(CACHE);
            table.setCacheIndexAndFilterBlocks(true);
            table.setPinL0FilterAndIndexBlocksInCache(true);
            options.setTableFormatConfig(table);
            options.setWriteBufferManager(WRITE_BUFFERS);
            options.setMemtablePrefixBloomSizeRatio(0.1);
            options.setMemtableWholeKeyFiltering(true);
        }

        @Override
        public void close(String storeName, Options options) {
            // The cache and the buffers belong to the process.
        }
    }
}

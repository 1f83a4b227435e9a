package io.usageflow.benchmarks.program;

import io.usageflow.forwarder.admission.streams.AdmissionContext;
import io.usageflow.forwarder.admission.streams.StreamsSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.jspecify.annotations.Nullable;

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
        /** Makes it. @param forwarded is increased for each event that goes out */
        Topology of(Topics topics, LongAdder forwarded);
    }

    private StreamsProgram(TopologyMaker topologies, UnaryOperator<Properties> adapted) {
        this.topologies = topologies;
        this.adapted = adapted;
    }

    public static StreamsProgram copy() {
        return new StreamsProgram(DedupTopology::copy, properties -> properties);
    }

    /** A peer that removes repeats. @param tuning of RocksDB in place of admission's; as Streams sets it up if empty */
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
}

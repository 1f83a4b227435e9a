package io.usageflow.benchmarks.latency;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.cluster.ChildProcess;
import io.usageflow.benchmarks.cluster.ChildProcess.MicrosFile;
import io.usageflow.benchmarks.load.Accounts;
import io.usageflow.benchmarks.load.SliceWriter.Slice;
import io.usageflow.benchmarks.measure.Polling;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideOptions;
import io.usageflow.benchmarks.side.SideProcess;
import io.usageflow.benchmarks.sink.SinkProcess;
import io.usageflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The whole pipeline, each part in a process of its own: a publishing application, the broker, the forwarder with both
 * roles and a link for each account, the sink. Events are numbered in the order in which they are published. Not
 * thread-safe.
 */
record Pipeline(BenchmarkCluster cluster, SinkProcess sink, SideProcess forwarder, ChildProcess publisher) {
    static final Topics TOPICS = new Topics("latency");
    private static final Duration ARRIVED_LIMIT = Duration.ofMinutes(3);
    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final int LANE = 1;

    /**
     * Events that the publisher has made durable.
     *
     * @param micros when {@code publish} was called for each, in microseconds of the epoch
     * @param lateMs by how much the publisher's latest call was late: what it waited for the CPU itself
     */
    record Published(long[] micros, double lateMs) {}

    /** Starts all parts, measures while events can flow, and ends them. */
    static <T> T with(SideOptions options, Function<Pipeline, T> measurement) {
        try (BenchmarkCluster cluster = BenchmarkCluster.start();
                SinkProcess sink = SinkProcess.start(cluster);
                SideProcess forwarder = SideProcess.start(cluster, "forwarder", SideKind.PIPELINE, options.jvm());
                ChildProcess publisher =
                        cluster.startProcess("the publisher", PublisherMain.class, List.of(), options.jvm())) {
            Pipeline pipeline = new Pipeline(cluster, sink, forwarder, publisher);
            pipeline.open(options);
            return measurement.apply(pipeline);
        }
    }

    private void open(SideOptions options) {
        cluster.create(TOPICS);
        Slice links = Accounts.writeLinks(TOPICS, cluster.bootstrapServers(), cluster.registrySettings());
        Map<String, String> settings = cluster.forwarderSettings(TOPICS, "admission,delivery", "latency");
        sink.configure(settings);
        settings.putAll(options.settings());
        forwarder.startProgram(settings);
        forwarder.admissionWatch(TOPICS).await(links);
        sink.lane(LANE);
        Map<String, String> publishing = new HashMap<>(cluster.registrySettings());
        publishing.put("bootstrap.servers", cluster.bootstrapServers());
        publishing.put("topics.prefix", TOPICS.prefix());
        publisher.ask("open", publishing);
    }

    /** Publishes events at an even rate, and returns when all are durable. */
    Published publish(int first, int count, int perSecond) {
        Path file = cluster.directory().resolve("published");
        String lateMicros = publisher.ask("publish " + LANE + " " + first + " " + count + " " + perSecond + " " + file);
        return new Published(MicrosFile.read(file, count), Long.parseLong(lateMicros) / 1e3);
    }

    /**
     * Waits until the sink has each of the first events.
     *
     * @param seen what else must hold by then
     * @throws IllegalStateException if one is missing after three minutes, or came twice
     */
    void awaitArrived(int events, BooleanSupplier seen) {
        boolean arrived = Polling.await(ARRIVED_LIMIT, INTERVAL, () -> {
            forwarder.requireAlive();
            return sink.counts().distinct() >= events && seen.getAsBoolean();
        });
        SinkProcess.Counts counts = sink.counts();
        if (!arrived || !counts.isExactly(events)) {
            throw new IllegalStateException("of " + events + " events the sink counts " + counts
                    + (arrived ? "" : " after " + ARRIVED_LIMIT.toMinutes() + " minutes"));
        }
    }
}

package io.usageflow.benchmarks.delivery;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.load.DeliverableFeed;
import io.usageflow.benchmarks.load.SliceWriter;
import io.usageflow.benchmarks.load.SliceWriter.Slice;
import io.usageflow.benchmarks.measure.Series;
import io.usageflow.benchmarks.measure.SliceWatch;
import io.usageflow.benchmarks.measure.SliceWatch.Speed;
import io.usageflow.benchmarks.side.LedgerCheck;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideOptions;
import io.usageflow.benchmarks.side.SideProcess;
import io.usageflow.benchmarks.sink.SinkProcess;
import io.usageflow.schema.topic.Topics;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side: its process lives as long as the benchmark, so that it stays warm; its program is restarted for each phase,
 * on topics of its own. All sides get the same accounts and contents. Not thread-safe.
 */
final class DeliverySide implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliverySide.class);
    private static final long SEED = 20_261_124;
    private static final int PRIMER_SHARE = 10;

    private final BenchmarkCluster cluster;
    private final SinkProcess sink;
    private final SideKind kind;
    private final SideOptions options;
    private final SideProcess process;
    private @Nullable Lane lane;
    private int lanes;

    /**
     * One turn. Immutable.
     *
     * @param turn its speed and CPU time
     * @param requestsPerSecond at the sink, over the part of the slice that {@link ArrivalWatch} keeps
     * @param eventsPerRequest over the whole slice
     * @param sinkCores CPU that the sink used meanwhile, in cores
     * @param meters delivery's own over the same part; of no other side
     */
    record Result(
            Series.Turn turn,
            double requestsPerSecond,
            double eventsPerRequest,
            double sinkCores,
            Optional<ArrivalWatch.Meters> meters) {
        /** From sending a request until its answer was handled, in seconds. */
        double latencySeconds() {
            return meters.map(read -> read.requestSeconds() / Math.max(1, read.requests()))
                    .orElse(Double.NaN);
        }
    }

    /** What is read from one start of the program to its stop. */
    private record Lane(
            int number,
            boolean alone,
            DeliveryBenchmark.Turn turn,
            Topics topics,
            DeliverableFeed feed,
            SliceWriter writer) {}

    private DeliverySide(
            BenchmarkCluster cluster, SinkProcess sink, SideKind kind, SideOptions options, SideProcess process) {
        this.cluster = cluster;
        this.sink = sink;
        this.kind = kind;
        this.options = options;
        this.process = process;
    }

    /** Starts its process; it has nothing to do yet. */
    static DeliverySide start(BenchmarkCluster cluster, SinkProcess sink, SideKind kind, SideOptions options) {
        SideProcess process = SideProcess.start(cluster, kind.word(), kind, options.jvm());
        return new DeliverySide(cluster, sink, kind, options, process);
    }

    SideKind kind() {
        return kind;
    }

    /** Starts its program for a phase, and lets a few events through. */
    void open(DeliveryBenchmark.Phase phase, int laneNumber) {
        DeliveryBenchmark.Turn turn = phase.turn(kind);
        Topics topics = new Topics(kind.word() + "-" + lanes++);
        cluster.create(topics);
        process.startProgram(settings(topics, turn));
        lane = new Lane(
                laneNumber,
                phase.isAlone(),
                turn,
                topics,
                new DeliverableFeed(topics, laneNumber, SEED, cluster.registrySettings()),
                new SliceWriter(cluster.bootstrapServers()));
        measure(Math.max(1, turn.events() / PRIMER_SHARE));
    }

    /** Its next turn. */
    Result measure() {
        return measure(lane().turn().events());
    }

    private Result measure(long events) {
        Lane now = lane();
        long before = now.feed().made();
        long sampledBefore = now.feed().sampled();
        Slice slice = now.writer().write(events, now.feed()::next);
        sink.lane(now.number());
        ArrivalWatch arrivals =
                now.alone() ? ArrivalWatch.earlyOn(sink, this::meters) : ArrivalWatch.mostOf(sink, this::meters);
        SliceWatch watch = new SliceWatch(
                kind.word(), all -> arrivals.look(all.events()), process.cpuTimes(), process::requireAlive);
        long begun = System.nanoTime();
        long sinkBegun = sink.cpuNanos();
        now.writer().release();
        Speed speed = watch.await(slice);
        double sinkCores = (double) (sink.cpuNanos() - sinkBegun) / (System.nanoTime() - begun);
        SinkProcess.Counts counts = sink.counts();
        long sampled = now.feed().sampled() - sampledBefore;
        if (!counts.isExactly(events) || counts.sampled() != sampled) {
            throw new IllegalStateException("side " + kind.word() + " was given " + events + " events, sample sum "
                    + sampled + ", and the sink counts " + counts);
        }
        Result result = new Result(
                new Series.Turn(speed, before, now.feed().made()),
                arrivals.requestsPerSecond(),
                (double) counts.distinct() / counts.requests(),
                sinkCores,
                arrivals.meters());
        LOG.info(
                "event=turn side={} speed=\"{}\" requests_per_second={} sink_cores={} latency_ms={}",
                kind.word(),
                speed.text(),
                Math.round(result.requestsPerSecond()),
                "%.2f".formatted(sinkCores),
                "%.1f".formatted(result.latencySeconds() * 1e3));
        return result;
    }

    private Optional<ArrivalWatch.Meters> meters() {
        String url = process.metricsUrl();
        return url.isEmpty() ? Optional.empty() : Optional.of(ArrivalWatch.Meters.read(url));
    }

    /**
     * Stops its program, and makes room for the next.
     *
     * @throws IllegalStateException if delivery has not settled each event once
     */
    void finish() {
        Lane now = lane();
        if (kind == SideKind.DELIVERY) {
            new LedgerCheck(now.topics(), cluster).requireDelivered(now.feed().made());
        }
        process.stopProgram();
        now.writer().close();
        lane = null;
        cluster.delete(now.topics());
    }

    private Lane lane() {
        if (lane == null) {
            throw new IllegalStateException("side " + kind.word() + " has no phase");
        }
        return lane;
    }

    private Map<String, String> settings(Topics topics, DeliveryBenchmark.Turn turn) {
        Map<String, String> settings = cluster.forwarderSettings(topics, "delivery", kind.word());
        sink.configure(settings);
        settings.put("delivery.max.in.flight", Integer.toString(turn.inFlight()));
        settings.putAll(options.settings());
        return settings;
    }

    @Override
    public void close() {
        if (lane != null) {
            lane.writer().close();
        }
        process.close();
    }
}

package io.usageflow.benchmarks.delivery;

import io.usageflow.benchmarks.delivery.DeliveryPlan.Phase;
import io.usageflow.benchmarks.delivery.DeliveryPlan.Turn;
import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.ground.LedgerCheck;
import io.usageflow.benchmarks.ground.Measured;
import io.usageflow.benchmarks.ground.SideOptions;
import io.usageflow.benchmarks.load.DeliverableFeed;
import io.usageflow.benchmarks.load.Slice;
import io.usageflow.benchmarks.load.SliceWriter;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.SliceWatch;
import io.usageflow.benchmarks.measure.Speed;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideProcess;
import io.usageflow.benchmarks.sink.Counts;
import io.usageflow.benchmarks.sink.SinkProcess;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side: its process lives as long as the benchmark, so that it stays warm; its program is started anew for each phase, on
 * topics of its own. All sides get the same accounts and contents. Not thread-safe.
 */
final class DeliverySide implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeliverySide.class);
    private static final long SEED = 20_261_124;
    private static final int PRIMER_SHARE = 10;
    private static final Duration TOPICS_KEEP = Duration.ofDays(35);

    private final Ground ground;
    private final SinkProcess sink;
    private final SideKind kind;
    private final SideOptions options;
    private final SideProcess process;
    private @Nullable Lane lane;
    private int lanes;

    /** What is read from one start of the program to its stop. */
    private record Lane(
            int number, boolean alone, Turn turn, Topics topics, DeliverableFeed feed, SliceWriter writer) {}

    private DeliverySide(Ground ground, SinkProcess sink, SideKind kind, SideOptions options, SideProcess process) {
        this.ground = ground;
        this.sink = sink;
        this.kind = kind;
        this.options = options;
        this.process = process;
    }

    /** Starts its process; it has nothing to do yet. */
    static DeliverySide start(Ground ground, SinkProcess sink, SideKind kind, SideOptions options) {
        SideProcess process =
                SideProcess.start(kind, options.jvm(), ground.directory().resolve(kind.word() + ".log"));
        ground.count(process.pid());
        return new DeliverySide(ground, sink, kind, options, process);
    }

    SideKind kind() {
        return kind;
    }

    /** Starts its program for a phase, and lets a few events through. */
    void open(Phase phase, int laneNumber) {
        Turn turn = java.util.Objects.requireNonNull(phase.turns().get(kind));
        Topics topics = new Topics(kind.word() + "-" + lanes++);
        TopicCreation.create(ground.admin(), topics.specs(Ground.PARTITIONS, TOPICS_KEEP));
        process.startProgram(settings(topics, turn));
        lane = new Lane(
                laneNumber,
                phase.isAlone(),
                turn,
                topics,
                new DeliverableFeed(topics, laneNumber, SEED, ground.registrySettings()),
                new SliceWriter(ground.bootstrapServers(), topics.deliverable()));
        measure(Math.max(1, turn.events() / PRIMER_SHARE));
    }

    /** Its next turn. */
    Turned measure() {
        return measure(lane().turn().events());
    }

    private Turned measure(long events) {
        Lane now = lane();
        long before = now.feed().made();
        long sampledBefore = now.feed().sampled();
        Slice slice = now.writer().write(now.feed(), events);
        sink.lane(now.number());
        TurnWatch turn = now.alone() ? TurnWatch.earlyOn(sink, this::meters) : TurnWatch.mostOf(sink, this::meters);
        SliceWatch watch = new SliceWatch(
                kind.word(), all -> turn.look(all.events()), ground.cpuTimes(process.pid()), process::requireAlive);
        long begun = System.nanoTime();
        long sinkBegun = CpuTimes.nanos(sink.pid());
        now.writer().release();
        Speed speed = watch.await(slice);
        double sinkCores = (double) (CpuTimes.nanos(sink.pid()) - sinkBegun) / (System.nanoTime() - begun);
        Counts counts = sink.counts();
        requireExact(counts, events, now.feed().sampled() - sampledBefore);
        Turned turned = new Turned(
                new Measured(speed, before, now.feed().made()),
                turn.requestsPerSecond(),
                (double) counts.distinct() / counts.requests(),
                sinkCores,
                turn.engine());
        log(turned);
        return turned;
    }

    private void log(Turned turned) {
        Speed speed = turned.measured().speed();
        LOG.info(
                "{}: {} events/s in {} requests/s, {} us CPU/event, {} cores of the sink, {} used by others{}",
                kind.word(),
                Math.round(speed.eventsPerSecond()),
                Math.round(turned.requestsPerSecond()),
                Math.round(speed.cpuMicros() * 10) / 10.0,
                Math.round(turned.sinkCores() * 100) / 100.0,
                Math.round(speed.otherCores() * 100) / 100.0,
                turned.engine().isPresent() ? ", " + Math.round(turned.latencySeconds() * 1e4) / 10.0 + " ms" : "");
    }

    private void requireExact(Counts counts, long events, long sampled) {
        if (counts.distinct() != events
                || counts.repeats() != 0
                || counts.foreign() != 0
                || counts.sampled() != sampled) {
            throw new IllegalStateException("side " + kind.word() + " was given " + events + " events, sample sum "
                    + sampled + ", and the sink counts " + counts);
        }
    }

    private Optional<EngineMeters> meters() {
        String url = process.metricsUrl();
        return url.isEmpty() ? Optional.empty() : Optional.of(EngineMeters.read(url));
    }

    /**
     * Stops its program, and makes room for the next.
     *
     * @throws IllegalStateException where delivery has not settled each event once
     */
    void finish() {
        Lane now = lane();
        if (kind == SideKind.DELIVERY) {
            new LedgerCheck(now.topics(), ground.bootstrapServers(), ground.registrySettings())
                    .requireDelivered(now.feed().made());
        }
        process.stopProgram();
        now.writer().close();
        lane = null;
        ground.admin()
                .deleteTopics(now.topics().specs(Ground.PARTITIONS, TOPICS_KEEP).stream()
                        .map(spec -> spec.name())
                        .toList());
    }

    private Lane lane() {
        if (lane == null) {
            throw new IllegalStateException("side " + kind.word() + " has no phase");
        }
        return lane;
    }

    private Map<String, String> settings(Topics topics, Turn turn) {
        Map<String, String> settings = new HashMap<>(ground.registrySettings());
        settings.put("kafka.bootstrap.servers", ground.bootstrapServers());
        settings.put("roles", "delivery");
        settings.put("topics.prefix", topics.prefix());
        settings.put("topics.replication", "1");
        settings.put("instance.id", kind.word());
        settings.put("admin.port", "0");
        settings.put("admin.page.max.age", "0s");
        settings.put("credyt.url", sink.url());
        settings.put("credyt.api.key", "key_of_the_benchmark");
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

package io.usageflow.benchmarks.ground;

import io.usageflow.benchmarks.load.EventFeed;
import io.usageflow.benchmarks.load.LinkWriter;
import io.usageflow.benchmarks.load.Slice;
import io.usageflow.benchmarks.load.SliceWriter;
import io.usageflow.benchmarks.measure.ProcFiles;
import io.usageflow.benchmarks.measure.SliceWatch;
import io.usageflow.benchmarks.measure.Speed;
import io.usageflow.benchmarks.side.SideKind;
import io.usageflow.benchmarks.side.SideProcess;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.schema.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side of a comparison: its process lives as long as the side, so that it stays warm, and is idle while another one is
 * measured. Its events are its own, of the same kind as the others'. Not thread-safe.
 */
public final class Side implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Side.class);
    private static final long FED_AT_ONCE_MAX = 100_000;
    private static final long SEED = 20_261_123;
    private static final Duration TOPICS_KEEP = Duration.ofDays(35);

    private final Ground ground;
    private final String name;
    private final SideKind kind;
    private final SideOptions options;
    private final SideProcess process;
    private @Nullable Lane lane;
    private int lanes;

    /** Topics and what is written into them, from one start of the side's program to its stop. */
    private record Lane(Topics topics, EventFeed feed, SliceWriter writer, SliceWatch watch) {}

    private Side(Ground ground, String name, SideKind kind, SideOptions options, SideProcess process) {
        this.ground = ground;
        this.name = name;
        this.kind = kind;
        this.options = options;
        this.process = process;
    }

    /** Returns when events would flow through it; it remembers nothing yet. */
    public static Side start(Ground ground, String name, SideKind kind, SideOptions options) {
        Path log = ground.directory().resolve(name + ".log");
        SideProcess process = SideProcess.start(kind, options.jvm(), log);
        ground.count(process.pid());
        Side side = new Side(ground, name, kind, options, process);
        try {
            side.open();
        } catch (RuntimeException failed) {
            side.close();
            throw failed;
        }
        return side;
    }

    public String name() {
        return name;
    }

    public SideKind kind() {
        return kind;
    }

    /** Different ids it has been given since it was started or emptied. */
    public long ids() {
        return lane().feed().distinct();
    }

    /** Gives it events until it has been given so many different ids; returns when it has handled all. Not measured. */
    public void feedUpTo(long ids) {
        List<Slice> fed = new ArrayList<>();
        while (ids() < ids) {
            fed.add(lane().writer().write(lane().feed(), Math.min(ids - ids(), FED_AT_ONCE_MAX)));
            lane().writer().release();
        }
        fed.forEach(lane().watch()::await);
    }

    /** Gives it so many events at once, and measures how it handles them. */
    public Measured measure(long events) {
        return measure(events, lane().watch()::await);
    }

    /** The same, from the first event to the last and not only in between. */
    public Measured measureWhole(long events) {
        return measure(events, lane().watch()::awaitWhole);
    }

    private Measured measure(long events, Function<Slice, Speed> speed) {
        long before = ids();
        Slice slice = lane().writer().write(lane().feed(), events);
        lane().writer().release();
        Measured measured = new Measured(speed.apply(slice), before, ids());
        LOG.info(
                "{}: {} events/s, {} us CPU/event, {} us of the broker, {} cores used by others, {} ids before",
                name,
                Math.round(measured.speed().eventsPerSecond()),
                tenths(measured.speed().cpuMicros()),
                tenths(measured.speed().brokerCpuMicros()),
                tenths(measured.speed().otherCores()),
                before);
        return measured;
    }

    /**
     * Stops its program and starts it again where it was.
     *
     * @param keepState false deletes the state folder in between, so that the state is restored from Kafka
     * @return from the start until events would flow through it
     */
    public Duration restart(boolean keepState) {
        process.stopProgram();
        if (!keepState) {
            StateFolder.delete(stateFolder(lane().topics()));
        }
        long begunNanos = System.nanoTime();
        process.startProgram(settings(lane().topics()));
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    /** Bytes of its state folder. */
    public long stateBytes() {
        return StateFolder.bytes(stateFolder(lane().topics()));
    }

    /** Starts its program anew, on topics of its own, with nothing remembered, in the same process. */
    public void empty() {
        finishLane();
        open();
    }

    /**
     * Checks that it has done what it stands for: nothing lost, and, where it removes repeats, each event once.
     *
     * @throws IllegalStateException where it has not
     */
    public void requireExact() {
        Lane now = lane();
        if (kind == SideKind.ADMISSION) {
            new LedgerCheck(now.topics(), ground.bootstrapServers(), ground.registrySettings())
                    .require(now.feed().made(), now.feed().distinct());
            return;
        }
        long expected =
                kind.removesRepeats() ? now.feed().distinct() : now.feed().made();
        long forwarded = process.forwarded();
        if (forwarded != expected) {
            throw new IllegalStateException("side " + name + " forwarded " + forwarded + " events and not " + expected);
        }
    }

    /** Ids it has forgotten since it was started or emptied, because their window was over. */
    public long forgotten() {
        return process.forgotten();
    }

    /** Memory of its process. */
    public Memory memory() {
        return new Memory(
                ProcFiles.statusBytes(process.pid(), "VmRSS").orElse(0),
                ProcFiles.statusBytes(process.pid(), "VmHWM").orElse(0));
    }

    /**
     * @param resident bytes now
     * @param peak the most bytes that ever were resident
     */
    public record Memory(long resident, long peak) {}

    @Override
    public void close() {
        if (lane != null) {
            lane.writer().close();
        }
        process.close();
    }

    private Lane lane() {
        if (lane == null) {
            throw new IllegalStateException("side " + name + " has not been started");
        }
        return lane;
    }

    private void open() {
        Topics topics = new Topics(name + "-" + lanes++);
        TopicCreation.create(ground.admin(), topics.specs(Ground.PARTITIONS, TOPICS_KEEP));
        Slice links = LinkWriter.write(ground.bootstrapServers(), topics, ground.registrySettings());
        process.startProgram(settings(topics));
        SliceWatch watch = SliceWatch.ofGroup(
                ground.admin(), topics.prefix() + ".admission", ground.cpuTimes(process.pid()), process::requireAlive);
        if (kind == SideKind.ADMISSION) {
            watch.await(links);
        }
        lane = new Lane(
                topics,
                new EventFeed(topics.events(), options.ids(), SEED, ground.registrySettings()),
                new SliceWriter(ground.bootstrapServers(), topics.events()),
                watch);
    }

    private void finishLane() {
        requireExact();
        process.stopProgram();
        lane().writer().close();
        List<String> done = lane().topics().specs(Ground.PARTITIONS, TOPICS_KEEP).stream()
                .map(spec -> spec.name())
                .toList();
        // Room for the next: the broker deletes the files a minute later.
        ground.admin().deleteTopics(done);
    }

    private Path stateFolder(Topics topics) {
        return ground.directory().resolve("state-" + topics.prefix());
    }

    private Map<String, String> settings(Topics topics) {
        Map<String, String> settings = new HashMap<>(ground.registrySettings());
        settings.put("kafka.bootstrap.servers", ground.bootstrapServers());
        settings.put("roles", "admission");
        settings.put("topics.prefix", topics.prefix());
        settings.put("topics.replication", "1");
        settings.put("instance.id", name);
        settings.put("admin.port", "0");
        settings.put("admin.page.max.age", "0s");
        settings.put("state.dir", stateFolder(topics).toString());
        settings.putAll(options.settings());
        return settings;
    }

    private static double tenths(double value) {
        return Math.round(value * 10) / 10.0;
    }
}

package io.usageflow.benchmarks.side;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.load.Accounts;
import io.usageflow.benchmarks.load.ChangelogIds;
import io.usageflow.benchmarks.load.SliceWriter.Slice;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.Polling;
import io.usageflow.benchmarks.measure.Series;
import io.usageflow.benchmarks.measure.SliceWatch;
import io.usageflow.benchmarks.measure.SliceWatch.Speed;
import io.usageflow.schema.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side of a comparison: its process lives as long as the side, so that it stays warm, and is idle while another one
 * is measured. Its events are its own, of the same kind as the others'. Not thread-safe.
 */
public final class Side implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Side.class);
    private static final long FED_AT_ONCE_MAX = 100_000;
    private static final String BOOKS = "-books-changelog";
    /** By the consumers that restore and follow stores; each topic twice, once with its dots as underscores. */
    private static final String READ = "kafka_consumer_fetch_manager_records_consumed_total";

    private static final Duration COPY_LIMIT = Duration.ofMinutes(30);
    private static final Duration METRICS_LIMIT = Duration.ofMinutes(1);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final BenchmarkCluster cluster;
    private final String name;
    private final SideKind kind;
    private final SideOptions options;
    private SideProcess process;
    private @Nullable Lane lane;
    private int lanes;

    private Side(BenchmarkCluster cluster, String name, SideKind kind, SideOptions options, SideProcess process) {
        this.cluster = cluster;
        this.name = name;
        this.kind = kind;
        this.options = options;
        this.process = process;
    }

    /** Returns when events would flow through it; it remembers nothing yet. */
    public static Side start(BenchmarkCluster cluster, String name, SideKind kind, SideOptions options) {
        SideProcess process = SideProcess.start(cluster, name, kind, options.jvm());
        Side side = new Side(cluster, name, kind, options, process);
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

    /** Gives it events up to this number of different ids, and returns when it has handled all. Not measured. */
    public void feedUpTo(long ids) {
        List<Slice> fed = new ArrayList<>();
        while (ids() < ids) {
            fed.add(lane().write(Math.min(ids - ids(), FED_AT_ONCE_MAX)));
        }
        fed.forEach(lane().watch()::await);
    }

    /** Gives it these events at once, and measures how it handles them. */
    public Series.Turn measure(long events) {
        return measure(events, lane().watch()::await);
    }

    /** The same, from the first event to the last and not only in between. */
    public Series.Turn measureWhole(long events) {
        return measure(events, lane().watch()::awaitWhole);
    }

    private Series.Turn measure(long events, Function<Slice, Speed> speed) {
        long before = ids();
        Slice slice = lane().write(events);
        Series.Turn turn = new Series.Turn(speed.apply(slice), before, ids());
        LOG.info(
                "event=turn side={} speed=\"{}\" ids_before={}",
                name,
                turn.speed().text(),
                before);
        return turn;
    }

    /**
     * Stops its program and starts it again where it was.
     *
     * @param keepState false deletes the state folder in between, so that the state is restored from Kafka
     * @return from the start until events would flow through it
     */
    public Duration restart(boolean keepState) {
        process.stopProgram();
        return startAgain(keepState);
    }

    private Duration startAgain(boolean keepState) {
        Topics topics = lane().topics();
        if (!keepState) {
            try {
                Utils.delete(cluster.stateFolder(topics).toFile());
            } catch (IOException e) {
                throw new UncheckedIOException("the state of " + name + " could not be deleted", e);
            }
        }
        long begunNanos = System.nanoTime();
        process.startProgram(settings(topics));
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    /**
     * What it took to have ids that no event brought. Immutable.
     *
     * @param records of the changelog with the ids
     * @param written the time to write them
     * @param restored from the start without a state folder until events would flow
     */
    public record Preload(long records, Duration written, Duration restored) {}

    /** Gives admission, which must have no ids yet, random ids through its changelog ({@link ChangelogIds}). */
    public Preload preload(long ids) {
        process.stopProgram();
        long begunNanos = System.nanoTime();
        long records;
        try (ChangelogIds changelog =
                new ChangelogIds(cluster.bootstrapServers(), cluster.directory().resolve("preload"))) {
            records = changelog.write(
                    lane().group() + BOOKS, BenchmarkCluster.setup().partitions(), ids);
        }
        Duration written = Duration.ofNanos(System.nanoTime() - begunNanos);
        Preload preload = new Preload(records, written, startAgain(false));
        if (!Polling.await(METRICS_LIMIT, INTERVAL, () -> remembered() == ids)) {
            throw new IllegalStateException(name + " remembers " + remembered() + " ids and not " + ids);
        }
        return preload;
    }

    private long remembered() {
        return process.metric("usageflow_admission_ids_remembered_ids", "").orElse(0);
    }

    /** Ends its process in order, starts another, and returns the time from there until it has handled new events. */
    public Duration restartProcess(long events) {
        process.close();
        Slice slice = lane().write(events);
        long begunNanos = System.nanoTime();
        process = SideProcess.start(cluster, name, kind, options.jvm());
        process.startProgram(settings(lane().topics()));
        process.admissionWatch(lane().topics()).await(slice);
        return Duration.ofNanos(System.nanoTime() - begunNanos);
    }

    /**
     * Starts another instance, and kills this side's process in the middle of events, with a transaction open, when the
     * other has read its changelog. Checks what the other has done. The side is to be used no more.
     *
     * @param records of the changelog, at least
     * @param events before the kill, and as many after it
     * @return from the kill until the other has handled all of them
     */
    public Duration takeOver(long records, long events) {
        Topics topics = lane().topics();
        Map<String, String> settings = settings(topics);
        settings.put("instance.id", name + "-standby");
        settings.put("state.dir", cluster.stateFolder(topics) + "-standby");
        try (SideProcess standby = SideProcess.start(cluster, name + "-standby", kind, options.jvm())) {
            standby.startProgram(settings);
            if (!Polling.await(
                    COPY_LIMIT,
                    INTERVAL,
                    () -> standby.metric(READ, "_admission" + BOOKS).orElse(0) >= records)) {
                throw new IllegalStateException("the standby has not read the changelog within " + COPY_LIMIT);
            }
            Slice before = lane().write(events);
            lane().watch().awaitBegun(before);
            process.kill();
            long killedNanos = System.nanoTime();
            SliceWatch watch = standby.admissionWatch(topics);
            watch.await(lane().write(events));
            watch.await(before);
            Duration time = Duration.ofNanos(System.nanoTime() - killedNanos);
            requireExact(); // now, since the ledger is a second behind
            return time;
        }
    }

    /** Bytes of its state folder. */
    public long stateBytes() {
        return cluster.stateBytes(lane().topics());
    }

    /** Starts its program again, on topics of its own, with nothing remembered, in the same process. */
    public void empty() {
        requireExact();
        process.stopProgram();
        lane().writer().close();
        cluster.delete(lane().topics());
        open();
    }

    /**
     * Checks that it has done its work: nothing lost, and, if it removes repeats, each event once.
     *
     * @throws IllegalStateException if it has not
     */
    public void requireExact() {
        Lane now = lane();
        if (kind == SideKind.ADMISSION) {
            new LedgerCheck(now.topics(), cluster)
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
        String forgotten = "usageflow_admission_ids_forgotten_ids_total";
        return process.metric(forgotten, "cause=\"window\"")
                .orElseThrow(() -> new IllegalStateException(name + " has no metric " + forgotten));
    }

    /** Memory of its process. */
    public Memory memory() {
        return new Memory(CpuTimes.statusBytes(process.pid(), "VmRSS"), CpuTimes.statusBytes(process.pid(), "VmHWM"));
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Memory of a process.
     *
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
        cluster.create(topics);
        Slice links = Accounts.writeLinks(topics, cluster.bootstrapServers(), cluster.registrySettings());
        process.startProgram(settings(topics));
        SliceWatch watch = process.admissionWatch(topics);
        if (kind == SideKind.ADMISSION) {
            watch.await(links);
        }
        lane = Lane.of(cluster, topics, options.ids(), watch);
    }

    private Map<String, String> settings(Topics topics) {
        Map<String, String> settings = cluster.forwarderSettings(topics, "admission", name);
        settings.putAll(options.settings());
        return settings;
    }
}

package io.usageflow.benchmarks.side;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.load.Accounts;
import io.usageflow.benchmarks.load.EventFeed;
import io.usageflow.benchmarks.load.SliceWriter;
import io.usageflow.benchmarks.load.SliceWriter.Slice;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.Series;
import io.usageflow.benchmarks.measure.SliceWatch;
import io.usageflow.benchmarks.measure.SliceWatch.Speed;
import io.usageflow.schema.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
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
    private static final long SEED = 20_261_123;

    private final BenchmarkCluster cluster;
    private final String name;
    private final SideKind kind;
    private final SideOptions options;
    private final SideProcess process;
    private @Nullable Lane lane;
    private int lanes;

    /** Topics and what is written into them, from one start of the side's program to its stop. */
    private record Lane(Topics topics, EventFeed feed, SliceWriter writer, SliceWatch watch) {
        Slice write(long events) {
            Slice slice = writer.write(events, feed::next);
            writer.release();
            return slice;
        }
    }

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
        Topics topics = lane().topics();
        process.stopProgram();
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

    /** Bytes of its state folder. */
    public long stateBytes() {
        Path folder = cluster.stateFolder(lane().topics());
        if (!Files.exists(folder)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.mapToLong(Side::size).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (NoSuchFileException compacted) {
            // RocksDB replaces files in the background.
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
        return process.forgotten();
    }

    /** Memory of its process. */
    public Memory memory() {
        return new Memory(CpuTimes.statusBytes(process.pid(), "VmRSS"), CpuTimes.statusBytes(process.pid(), "VmHWM"));
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
        lane = new Lane(
                topics,
                new EventFeed(topics.events(), options.ids(), SEED, cluster.registrySettings()),
                new SliceWriter(cluster.bootstrapServers()),
                watch);
    }

    private Map<String, String> settings(Topics topics) {
        Map<String, String> settings = cluster.forwarderSettings(topics, "admission", name);
        settings.putAll(options.settings());
        return settings;
    }
}

package io.usageflow.benchmarks.side;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.cluster.ChildProcess;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.Polling;
import io.usageflow.benchmarks.measure.SliceWatch;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The process of one side, seen from the benchmark. Not thread-safe. */
public final class SideProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofMinutes(5);
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final BenchmarkCluster cluster;
    private final ChildProcess process;

    private SideProcess(BenchmarkCluster cluster, ChildProcess process) {
        this.cluster = cluster;
        this.process = process;
    }

    /** Starts the process; it has nothing to do yet. @param jvm options of its JVM */
    public static SideProcess start(BenchmarkCluster cluster, String name, SideKind kind, List<String> jvm) {
        return new SideProcess(cluster, cluster.startProcess(name, SideMain.class, List.of(kind.word()), jvm));
    }

    public long pid() {
        return process.pid();
    }

    /** Starts its program, and returns when events flow through it. */
    public void startProgram(Map<String, String> settings) {
        process.ask("start", settings);
        if (!Polling.await(READY_LIMIT, INTERVAL, () -> process.ask("ready").equals("1"))) {
            throw process.failed("is not ready after " + READY_LIMIT.toSeconds() + " s");
        }
    }

    /** CPU times, this process's own first. */
    public CpuTimes cpuTimes() {
        return cluster.cpuTimes(process.pid());
    }

    /** Watches the offsets that admission, or a peer in its place, commits. */
    public SliceWatch admissionWatch(Topics topics) {
        return SliceWatch.ofGroup(cluster.admin(), topics.prefix() + ".admission", cpuTimes(), this::requireAlive);
    }

    /** Throws if its program has ended. */
    public void requireAlive() {
        process.ask("ready");
    }

    /** Events that came out since its program started; below 0 if it does not count them. */
    public long forwarded() {
        return Long.parseLong(process.ask("forwarded"));
    }

    /** Where its program serves its metrics; empty if it does not. */
    public String metricsUrl() {
        return process.ask("metrics");
    }

    /** Ids it has forgotten since its program started, because their window was over; below 0 if it counts none. */
    public long forgotten() {
        return Long.parseLong(process.ask("forgotten"));
    }

    /** Stops its program in order; the process stays. */
    public void stopProgram() {
        process.ask("stop");
    }

    /** Ends the process in order, and kills it where that takes more than a minute. */
    @Override
    public void close() {
        process.close();
    }
}

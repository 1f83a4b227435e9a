package io.usageflow.benchmarks.side;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.cluster.ChildProcess;
import io.usageflow.benchmarks.cluster.ChildProcess.OrderLoop;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.usageflow.benchmarks.measure.Polling;
import io.usageflow.benchmarks.measure.SliceWatch;
import io.usageflow.benchmarks.program.SideProgram;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.topic.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.errors.InterruptException;

/** The process of one side, seen from the benchmark. Not thread-safe. */
public final class SideProcess implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    /** Enough to restore 200 million ids on a busy machine. */
    private static final Duration READY_LIMIT = Duration.ofMinutes(30);

    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final BenchmarkCluster cluster;
    private final ChildProcess process;

    private SideProcess(BenchmarkCluster cluster, ChildProcess process) {
        this.cluster = cluster;
        this.process = process;
    }

    /** Starts the process, idle, with these JVM options. */
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

    /**
     * The sum of a metric of its program, as an operator would see it; empty while there is no value.
     *
     * @param label part of the labels of the values to add
     */
    public OptionalLong metric(String name, String label) {
        URI metrics = URI.create(metricsUrl());
        try {
            List<Long> values = HTTP.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(name + "{") && line.contains(label))
                    .map(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .toList();
            return values.isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(values.stream().mapToLong(value -> value).sum());
        } catch (IOException e) {
            throw new UncheckedIOException(metrics + " does not answer", e);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Kills it; its state folder stays. */
    void kill() {
        process.kill();
    }

    public void stopProgram() {
        process.ask("stop");
    }

    /** Ends the process in order, and kills it where that takes more than a minute. */
    @Override
    public void close() {
        process.close();
    }

    /**
     * A side's process. Orders: {@code start} and the settings as JSON; {@code ready} (1 or 0); {@code forwarded};
     * {@code metrics}, their address; {@code stop}.
     */
    static final class SideMain implements OrderLoop.Handler {
        private final SideProgram program;

        private SideMain(SideProgram program) {
            this.program = program;
        }

        /** Argument: the kind's word. */
        public static void main(String[] args) throws IOException {
            OrderLoop.run(new SideMain(
                    SideKind.ofWord(args[0], List.of(SideKind.values())).program()));
        }

        @Override
        public String handle(String order, String rest) throws IOException {
            return switch (order) {
                case "start" -> {
                    Map<String, String> given =
                            new ObjectMapper().readValue(rest, new TypeReference<Map<String, String>>() {});
                    program.start(Settings.load(ConfigSources.none().with(given, "benchmark")));
                    yield "";
                }
                case "ready" -> {
                    program.requireAlive();
                    yield program.ready() ? "1" : "0";
                }
                case "forwarded" -> Long.toString(program.forwarded());
                case "metrics" -> program.metricsUrl();
                case "stop" -> {
                    program.stop();
                    yield "";
                }
                default -> throw new IllegalArgumentException("unknown order " + order);
            };
        }

        @Override
        public void stop() {
            program.stop();
        }
    }
}

package io.usageflow.benchmarks.producer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The caller's cost of one event, by JMH: calls in a row, far fewer than the buffer can hold, then a pause
 * until Kafka has them, so that no call waits for room.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallCost {
    static final int CALLS = 10_000;
    private static final int WARM_UPS = 20;

    /** Set by {@link #measure}. */
    @Param("RAW")
    public String side = "";

    /** The side's settings, one a line. */
    @Param("")
    public String settings = "";

    private List<Sender.Usage> usages = List.of();
    private @Nullable Sender sender;

    /**
     * What JMH found, by event.
     *
     * @param nanos of the caller's thread, for making the event and handing it over
     * @param nanosError half of the confidence interval of 99.9 %
     * @param bytes that the whole process allocated, Kafka's own thread included
     */
    record Found(ProducerSide side, double nanos, double nanosError, double bytes) {}

    static Found measure(ProducerSide side, Map<String, String> settings, int iterations) {
        StringBuilder lines = new StringBuilder();
        settings.forEach(
                (key, value) -> lines.append(key).append('=').append(value).append('\n'));
        try {
            Path log = Files.createTempFile("usageflow-jmh-", ".log");
            try {
                RunResult result = new Runner(new OptionsBuilder()
                                .include(CallCost.class.getName() + ".send")
                                .param("side", side.name())
                                .param("settings", lines.toString())
                                .warmupIterations(WARM_UPS)
                                .measurementIterations(iterations)
                                .forks(1)
                                .addProfiler(GCProfiler.class)
                                .shouldFailOnError(true)
                                .output(log.toString())
                                .build())
                        .runSingle();
                return new Found(
                        side,
                        result.getPrimaryResult().getScore(),
                        result.getPrimaryResult().getScoreError(),
                        Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                                .getScore());
            } finally {
                Files.delete(log);
            }
        } catch (RunnerException e) {
            throw new IllegalStateException("JMH failed for " + side.word(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("JMH's log cannot be written: set java.io.tmpdir", e);
        }
    }

    @Setup(Level.Trial)
    public void open() {
        Map<String, String> given = new HashMap<>();
        settings.lines().forEach(line -> {
            String[] pair = line.split("=", 2);
            given.put(pair[0], pair[1]);
        });
        usages = Sender.Usage.all();
        sender = ProducerSide.valueOf(side).open(given);
        send();
        settle();
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void send() {
        Sender to = Objects.requireNonNull(sender);
        for (int i = 0; i < CALLS; i++) {
            to.send(usages.get(i));
        }
    }

    @TearDown(Level.Iteration)
    public void settle() {
        Objects.requireNonNull(sender).awaitDurable();
    }

    @TearDown(Level.Trial)
    public void close() {
        Objects.requireNonNull(sender).close();
    }
}

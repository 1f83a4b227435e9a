package io.usageflow.benchmarks.side;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.benchmarks.process.ChildProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.InterruptException;

/** The process of one side, seen from the benchmark. Not thread-safe. */
public final class SideProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofMinutes(5);
    private static final long POLL_MS = 50;

    private final SideKind kind;
    private final ChildProcess process;

    private SideProcess(SideKind kind, ChildProcess process) {
        this.kind = kind;
        this.process = process;
    }

    /**
     * Starts the process; it has nothing to do yet.
     *
     * @param jvm options of its JVM
     * @param log where it writes what it logs
     */
    public static SideProcess start(SideKind kind, List<String> jvm, Path log) {
        return new SideProcess(
                kind, ChildProcess.start("side " + kind.word(), SideMain.class, List.of(kind.word()), jvm, log));
    }

    public long pid() {
        return process.pid();
    }

    /** Starts its program, and returns when events flow through it. */
    public void startProgram(Map<String, String> settings) {
        try {
            process.ask("start " + new ObjectMapper().writeValueAsString(settings));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the settings of side " + kind.word() + " are no JSON", e);
        }
        long deadlineNanos = System.nanoTime() + READY_LIMIT.toNanos();
        while (!process.ask("ready").equals("1")) {
            if (System.nanoTime() > deadlineNanos) {
                throw process.failed("is not ready after " + READY_LIMIT.toSeconds() + " s");
            }
            pause();
        }
    }

    /** Throws where its program has ended. */
    public void requireAlive() {
        process.ask("ready");
    }

    /** Events that came out since its program started; below 0 where it does not count them. */
    public long forwarded() {
        return Long.parseLong(process.ask("forwarded"));
    }

    /** Where its program serves its metrics; empty where it does not. */
    public String metricsUrl() {
        return process.ask("metrics");
    }

    /** Ids it has forgotten since its program started, because their window was over; below 0 where it counts none. */
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

    private static void pause() {
        try {
            Thread.sleep(POLL_MS);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}

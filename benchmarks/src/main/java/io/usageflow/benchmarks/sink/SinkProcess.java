package io.usageflow.benchmarks.sink;

import io.usageflow.benchmarks.ground.Ground;
import io.usageflow.benchmarks.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The sink, seen from the benchmark. Not thread-safe; close it. */
public final class SinkProcess implements AutoCloseable {
    public static final List<String> JVM = List.of("-Xmx512m");

    private final ChildProcess process;
    private final Path directory;
    private final String url;

    private SinkProcess(ChildProcess process, Path directory, String url) {
        this.process = process;
        this.directory = directory;
        this.url = url;
    }

    /** Returns when it answers. */
    public static SinkProcess start(Ground ground) {
        ChildProcess process = ChildProcess.start(
                "the sink", SinkMain.class, List.of(), JVM, ground.directory().resolve("sink.log"));
        ground.count(process.pid());
        try {
            return new SinkProcess(process, ground.directory(), "http://127.0.0.1:" + process.ask("listen"));
        } catch (RuntimeException failed) {
            process.close();
            throw failed;
        }
    }

    public String url() {
        return url;
    }

    public long pid() {
        return process.pid();
    }

    /** @param ms between the end of a request and its answer */
    public void think(long ms) {
        process.ask("think " + ms);
    }

    /** Forgets what came; from now on events of this lane are expected. */
    public void lane(int number) {
        process.ask("lane " + number);
    }

    public Counts counts() {
        return Counts.parse(process.ask("counts"));
    }

    /** When the events with sequences below {@code end} arrived first, in microseconds of the epoch; 0 for never. */
    public long[] arrivals(int end) {
        Path file = directory.resolve("arrivals");
        process.ask("arrivals " + end + " " + file);
        try {
            long[] micros = new long[end];
            ByteBuffer.wrap(Files.readAllBytes(file)).asLongBuffer().get(micros);
            return micros;
        } catch (IOException e) {
            throw new UncheckedIOException("the sink's arrivals cannot be read", e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}

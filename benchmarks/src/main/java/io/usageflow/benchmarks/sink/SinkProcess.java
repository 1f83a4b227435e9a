package io.usageflow.benchmarks.sink;

import io.usageflow.benchmarks.cluster.BenchmarkCluster;
import io.usageflow.benchmarks.cluster.ChildProcess;
import io.usageflow.benchmarks.cluster.ChildProcess.MicrosFile;
import io.usageflow.benchmarks.cluster.ChildProcess.OrderLoop;
import io.usageflow.benchmarks.measure.CpuTimes;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The sink, seen from the benchmark. Not thread-safe; close it. */
public final class SinkProcess implements AutoCloseable {
    private static final List<String> JVM = List.of("-Xmx512m");

    private final ChildProcess process;
    private final Path directory;
    private final String url;

    private SinkProcess(ChildProcess process, Path directory, String url) {
        this.process = process;
        this.directory = directory;
        this.url = url;
    }

    /**
     * What has come to the sink of one lane. Immutable.
     *
     * @param requests answered, or still waiting for their answer
     * @param distinct events by id
     * @param repeats events that came before
     * @param foreign events that were not sent in this lane
     * @param sampled the sum of the CRC-32 of the sampled events' bytes, each once: the same for any order
     */
    public record Counts(long requests, long distinct, long repeats, long foreign, long sampled) {
        String line() {
            return requests + " " + distinct + " " + repeats + " " + foreign + " " + sampled;
        }

        static Counts parse(String line) {
            long[] numbers =
                    Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
            return new Counts(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
        }

        /** Whether as many events have come as were sent, each once and nothing else. */
        public boolean isExactly(long sent) {
            return distinct == sent && repeats == 0 && foreign == 0;
        }
    }

    /** Starts it, and returns when it answers. */
    public static SinkProcess start(BenchmarkCluster cluster) {
        ChildProcess process = cluster.startProcess("the sink", SinkMain.class, List.of(), JVM);
        try {
            return new SinkProcess(process, cluster.directory(), "http://127.0.0.1:" + process.ask("listen"));
        } catch (RuntimeException failed) {
            process.close();
            throw failed;
        }
    }

    /** Adds the settings of a forwarder that delivers to it. */
    public void configure(Map<String, String> forwarder) {
        forwarder.put("credyt.url", url);
        forwarder.put("credyt.api.key", "key_of_the_benchmark");
    }

    /** CPU time it has used, in nanoseconds. */
    public long cpuNanos() {
        return CpuTimes.nanos(process.pid());
    }

    /** How it is set up, for a report. */
    public record Setup(String sinkJvm) {}

    public static Setup setup() {
        return new Setup(String.join(" ", JVM));
    }

    /** Sets the think time: the milliseconds between the end of a request and its answer. */
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
        return MicrosFile.read(file, end);
    }

    @Override
    public void close() {
        process.close();
    }

    /**
     * The sink's process: answers every request of events with 202 and an empty object, after its think time, and each
     * query with 404. Orders: {@code listen}, answered with the port; {@code think} and milliseconds; {@code lane} and
     * its number, which forgets what came before; {@code counts}; {@code arrivals}, how many, and the file to write
     * them to.
     */
    static final class SinkMain implements OrderLoop.Handler {
        private static final Buffer BODY = Buffer.buffer("{}");

        private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        private final Arrivals arrivals = new Arrivals();
        private volatile long thinkMs;

        private SinkMain() {}

        public static void main(String[] args) throws IOException {
            OrderLoop.run(new SinkMain());
        }

        @Override
        public String handle(String order, String rest) throws IOException {
            switch (order) {
                case "listen" -> {
                    return Integer.toString(listen());
                }
                case "think" -> thinkMs = Long.parseLong(rest);
                case "lane" -> arrivals.begin(Integer.parseInt(rest));
                case "counts" -> {
                    return arrivals.counts().line();
                }
                case "arrivals" -> {
                    String[] words = rest.split(" ", 2);
                    arrivals.write(Integer.parseInt(words[0]), Path.of(words[1]));
                }
                default -> throw new IllegalArgumentException("unknown order " + order);
            }
            return "";
        }

        private int listen() {
            HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                            .setHost("127.0.0.1")
                            .setPort(0)
                            .setTcpNoDelay(true))
                    .requestHandler(this::take)
                    .listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            return server.actualPort();
        }

        private void take(HttpServerRequest request) {
            if (request.method().equals(HttpMethod.GET)) {
                // The catalogue's queries: this Credyt has no product and no customer.
                request.response().setStatusCode(404).end();
                return;
            }
            request.body().onSuccess(body -> {
                long micros = MicrosFile.now();
                try {
                    arrivals.request(body.getBytes(), micros);
                } catch (IllegalArgumentException unreadable) {
                    request.response().setStatusCode(400).end(unreadable.toString());
                    return;
                }
                if (thinkMs == 0) {
                    answer(request);
                } else {
                    vertx.setTimer(thinkMs, due -> answer(request));
                }
            });
        }

        private static void answer(HttpServerRequest request) {
            request.response()
                    .setStatusCode(202)
                    .putHeader("content-type", "application/json")
                    .end(BODY);
        }
    }
}

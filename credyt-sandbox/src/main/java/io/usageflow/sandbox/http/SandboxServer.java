package io.usageflow.sandbox.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.fault.Faults;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The socket and the routes on it. Started once, closed once. */
public final class SandboxServer implements AutoCloseable {
    /** Longer than any client's own patience: an unanswered request must end on the client's side. */
    private static final long IDLE_TIMEOUT_MS = 600_000;

    private static final int THREADS_MAX = 200;
    private static final int THREADS_MIN = 8;

    private final Javalin javalin;
    private final Wire wire;

    private SandboxServer(Javalin javalin, Wire wire) {
        this.javalin = javalin;
        this.wire = wire;
    }

    /** What the gate needs besides the routes. */
    public record Surroundings(
            Supplier<Behaviour> behaviour,
            Faults faults,
            RequestLog log,
            ScheduledExecutorService timer,
            Clock clock) {}

    /**
     * Listens at once.
     *
     * @param port 0 for a free one
     * @param api behind the gate
     * @param admin open
     * @throws IllegalStateException where it cannot listen there, for instance on a port in use; the message has the remedy
     */
    public static SandboxServer start(
            String host, int port, List<Route> api, List<Route> admin, Surroundings surroundings) {
        requireFree(host, port);
        Wire wire = new Wire(surroundings.timer(), surroundings.clock());
        Gate gate = new Gate(
                surroundings.behaviour(), surroundings.faults(), surroundings.log(), wire, surroundings.clock());
        Javalin javalin = Javalin.create(config -> {
            listenQuietly(config, host, port);
            api.forEach(route ->
                    config.routes.addHttpHandler(route.method(), route.pattern(), ctx -> gate.serve(ctx, route)));
            admin.forEach(route -> config.routes.addHttpHandler(
                    route.method(), route.pattern(), ctx -> gate.serveOpen(ctx, route, host)));
            // What matched no route: Javalin would answer with plain text.
            config.routes.exception(HttpResponseException.class, (e, ctx) -> new Exchange(
                            ctx, Route.get(ctx.path(), request -> Answer.empty(e.getStatus())))
                    .send(Problems.of(e.getStatus(), ctx.method() + " " + ctx.path() + " is no operation.")));
        });
        try {
            javalin.start();
        } catch (JavalinBindException e) {
            throw cannotListen(host, port, e);
        }
        return new SandboxServer(javalin, wire);
    }

    /** Looked at first, since Javalin would log an error of its own before it throws. Somebody may still be faster. */
    private static void requireFree(String host, int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw cannotListen(host, port, e);
        }
    }

    private static IllegalStateException cannotListen(String host, int port, Exception cause) {
        String reason = String.valueOf(cause.getMessage());
        return new IllegalStateException(
                "The sandbox cannot listen on " + host + ":" + port + ": "
                        + (reason.contains("in use") ? "the port is in use" : reason)
                        + ". Stop what uses it, or choose another port (0 takes a free one).",
                cause);
    }

    private static void listenQuietly(JavalinConfig config, String host, int port) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.http.prefer405over404 = true;
        config.jetty.host = host;
        config.jetty.port = port;
        QueuedThreadPool threads = new QueuedThreadPool(THREADS_MAX, THREADS_MIN);
        threads.setName("credyt-sandbox");
        threads.setDaemon(true);
        config.jetty.threadPool = threads;
        config.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setIdleTimeout(IDLE_TIMEOUT_MS);
        });
        config.jetty.modifyServer(server -> server.setStopTimeout(0));
    }

    public int port() {
        return javalin.port();
    }

    @Override
    public void close() {
        wire.close();
        javalin.stop();
    }
}

package io.usageflow.sandbox.http;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The socket and the routes on it. Started once, closed once. */
public final class SandboxServer implements AutoCloseable {
    /** Longer than any client's timeout: an unanswered request must end on the client's side. */
    private static final long IDLE_TIMEOUT_MS = 600_000;

    private static final int THREADS_MAX = 200;
    private static final int THREADS_MIN = 8;

    private final Javalin javalin;
    private final Gate gate;

    private SandboxServer(Javalin javalin, Gate gate) {
        this.javalin = javalin;
        this.gate = gate;
    }

    /**
     * Listens at once.
     *
     * @param port 0 for a free one
     * @param api its requests pass the gate
     * @param admin its requests pass no check
     * @param gate closed with the server
     * @throws IllegalStateException if it cannot listen there, for instance on a port in use; the message has the
     *     remedy
     */
    public static SandboxServer start(String host, int port, List<Route> api, List<Route> admin, Gate gate) {
        requireFree(host, port);
        Javalin javalin = Javalin.create(config -> {
            listenQuietly(config, host, port);
            api.forEach(route ->
                    config.routes.addHttpHandler(route.method(), route.pattern(), ctx -> gate.serve(ctx, route)));
            admin.forEach(route -> config.routes.addHttpHandler(
                    route.method(), route.pattern(), ctx -> gate.serveOpen(ctx, route, host)));
            // For requests that match no route Javalin would send plain text.
            config.routes.exception(HttpResponseException.class, (e, ctx) -> new Exchange(
                            ctx, Route.get(ctx.path(), request -> ApiResponse.empty(e.getStatus())))
                    .send(Problems.of(e.getStatus(), ctx.method() + " " + ctx.path() + " is no operation.")));
        });
        try {
            javalin.start();
        } catch (JavalinBindException e) {
            throw cannotListen(host, port, e);
        }
        return new SandboxServer(javalin, gate);
    }

    /**
     * Checked first, since Javalin logs an error before it throws. Another process may still take the port afterwards.
     */
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
        gate.close();
        javalin.stop();
    }
}

package io.usageflow.benchmarks.sink;

import io.usageflow.benchmarks.cluster.MicrosFile;
import io.usageflow.benchmarks.cluster.OrderLoop;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The sink's process: answers every request with 202 and an empty object, after its think time. Orders: {@code listen},
 * answered with the port; {@code think} and milliseconds; {@code lane} and its number, which forgets what came before; {@code
 * counts}; {@code arrivals}, how many, and the file to write them to.
 */
final class SinkMain implements OrderLoop.Handler {
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
        HttpServer server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0).setTcpNoDelay(true))
                .requestHandler(this::take)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return server.actualPort();
    }

    private void take(HttpServerRequest request) {
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

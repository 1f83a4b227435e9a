package io.usageflow.benchmarks.sink;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Answers every request with 202 and an empty object, after its think time. Thread-safe. */
final class SinkServer {
    private static final Buffer BODY = Buffer.buffer("{}");

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final Arrivals arrivals;
    private volatile long thinkMs;

    SinkServer(Arrivals arrivals) {
        this.arrivals = arrivals;
    }

    /** @return the port on 127.0.0.1 */
    int listen() {
        HttpServer server = vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0).setTcpNoDelay(true))
                .requestHandler(this::take)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return server.actualPort();
    }

    /** @param ms between the end of a request and its answer; 0 for none */
    void think(long ms) {
        thinkMs = ms;
    }

    private void take(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
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

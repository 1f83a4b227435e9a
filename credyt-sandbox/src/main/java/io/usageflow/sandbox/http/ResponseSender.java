package io.usageflow.sandbox.http;

import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Fault.Moment;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Sends responses, whole or spoilt by a fault. A wait holds no server thread.
 *
 * <p>{@code sent} is called once with the result: a status, {@code dropped}, {@code truncated} or {@code unanswered}.
 * It is called before the response is sent, so the log has every request that a client has seen answered, and in order.
 */
final class ResponseSender implements AutoCloseable {
    private static final byte[] PAGE =
            "<!doctype html><html><body><h1>It works!</h1></body></html>".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOT_JSON = "{\"id\": oops".getBytes(StandardCharsets.UTF_8);
    private static final int TRICKLE_PIECES = 10;

    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final Set<CompletableFuture<Boolean>> held = ConcurrentHashMap.newKeySet();

    ResponseSender(ScheduledExecutorService timer, Clock clock) {
        this.timer = timer;
        this.clock = clock;
    }

    void send(Exchange exchange, ApiResponse response, Consumer<String> sent) {
        sent.accept(Integer.toString(response.status()));
        exchange.send(response);
    }

    void drop(Exchange exchange, Consumer<String> sent) {
        sent.accept("dropped");
        exchange.drop();
    }

    /** @param operation called at most once, and not at all if the fault strikes before the commit */
    void spoil(Exchange exchange, Fault fault, Supplier<ApiResponse> operation, Consumer<String> sent) {
        fault.match(new Spoiling(exchange, operation, sent));
    }

    private final class Spoiling implements Fault.Cases {
        private final Exchange exchange;
        private final Supplier<ApiResponse> operation;
        private final Consumer<String> sent;

        Spoiling(Exchange exchange, Supplier<ApiResponse> operation, Consumer<String> sent) {
            this.exchange = exchange;
            this.operation = operation;
            this.sent = sent;
        }

        private void commitIf(Moment moment) {
            if (moment == Moment.AFTER_COMMIT) {
                var unused = operation.get();
            }
        }

        @Override
        public void status(Fault.Status fault) {
            commitIf(fault.moment());
            ApiResponse problem = Problems.of(fault.status(), "A fault was injected.");
            send(
                    exchange,
                    fault.retryAfter()
                            .header(clock.instant())
                            .map(value -> problem.withHeader("Retry-After", value))
                            .orElse(problem),
                    sent);
        }

        @Override
        public void delay(Fault.Delay fault) {
            exchange.context()
                    .future(() -> CompletableFuture.runAsync(
                            () -> send(exchange, operation.get(), sent), after(fault.time())));
        }

        @Override
        public void drop(Fault.Drop fault) {
            commitIf(fault.moment());
            ResponseSender.this.drop(exchange, sent);
        }

        @Override
        public void truncatedBody(Fault.TruncatedBody fault) {
            ApiResponse response = operation.get();
            sent.accept("truncated");
            exchange.sendHalf(response);
        }

        @Override
        public void notJson(Fault.NotJson fault) {
            commitIf(fault.moment());
            send(exchange, new ApiResponse(200, "application/json", NOT_JSON, Map.of()), sent);
        }

        @Override
        public void html(Fault.Html fault) {
            commitIf(fault.moment());
            send(exchange, new ApiResponse(200, "text/html; charset=utf-8", PAGE, Map.of()), sent);
        }

        @Override
        public void slowBody(Fault.SlowBody fault) {
            ApiResponse response = operation.get();
            sent.accept(Integer.toString(response.status()));
            exchange.context().future(() -> trickle(response, fault.time()));
        }

        @Override
        public void noAnswer(Fault.NoAnswer fault) {
            commitIf(fault.moment());
            sent.accept("unanswered");
            CompletableFuture<Boolean> never = new CompletableFuture<>();
            held.add(never);
            exchange.context().future(() -> never.whenComplete((done, failed) -> exchange.drop()));
        }

        /** The first piece at once, so that the client has its status and waits for the rest. */
        private CompletableFuture<?> trickle(ApiResponse response, Duration time) {
            exchange.begin(response);
            CompletableFuture<?> sending = CompletableFuture.completedFuture(null);
            int length = response.body().length;
            for (int piece = 0; piece < TRICKLE_PIECES; piece++) {
                int from = (int) ((long) length * piece / TRICKLE_PIECES);
                int to = (int) ((long) length * (piece + 1) / TRICKLE_PIECES);
                sending = sending.thenRunAsync(
                        () -> exchange.continueWith(response, from, to), after(time.dividedBy(TRICKLE_PIECES)));
            }
            return sending;
        }
    }

    private Executor after(Duration time) {
        // delayedExecutor would use a thread of its own that is never closed.
        return task -> {
            var unused = timer.schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
        };
    }

    /** Drops the connections whose requests are never answered. */
    @Override
    public void close() {
        held.forEach(never -> never.complete(true));
        held.clear();
    }
}

package io.usageflow.sandbox.http;

import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Moment;
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

/** Sends answers: whole, or spoilt by a fault. Waits hold no server thread. */
final class Wire implements AutoCloseable {
    private static final byte[] PAGE =
            "<!doctype html><html><body><h1>It works!</h1></body></html>".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOT_JSON = "{\"id\": oops".getBytes(StandardCharsets.UTF_8);
    private static final int TRICKLE_PIECES = 10;

    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final Set<CompletableFuture<Boolean>> held = ConcurrentHashMap.newKeySet();

    Wire(ScheduledExecutorService timer, Clock clock) {
        this.timer = timer;
        this.clock = clock;
    }

    /** Called once with what was sent: a status, {@code dropped} or {@code unanswered}. */
    interface Sent {
        void as(String result);
    }

    /** Runs the operation, with all its effects. */
    interface Serving {
        Answer serve();
    }

    void send(Exchange exchange, Answer answer, Sent sent) {
        exchange.send(answer);
        sent.as(Integer.toString(answer.status()));
    }

    void drop(Exchange exchange, Sent sent) {
        sent.as("dropped");
        exchange.drop();
    }

    /** @param served runs the operation; called at most once, not at all where the fault strikes before the commit */
    void spoil(Exchange exchange, Fault fault, Serving served, Sent sent) {
        fault.match(new Spoiling(exchange, served, sent)).run();
    }

    private final class Spoiling implements Fault.Cases<Runnable> {
        private final Exchange exchange;
        private final Serving served;
        private final Sent sent;

        Spoiling(Exchange exchange, Serving served, Sent sent) {
            this.exchange = exchange;
            this.served = served;
            this.sent = sent;
        }

        private void commitIf(Moment moment) {
            if (moment == Moment.AFTER_COMMIT) {
                served.serve();
            }
        }

        @Override
        public Runnable status(Fault.Status fault) {
            return () -> {
                commitIf(fault.moment());
                Answer problem = Problems.of(fault.status(), "A fault was injected.");
                send(
                        exchange,
                        fault.retryAfter()
                                .header(clock.instant())
                                .map(value -> problem.withHeader("Retry-After", value))
                                .orElse(problem),
                        sent);
            };
        }

        @Override
        public Runnable delay(Fault.Delay fault) {
            return () -> exchange.context()
                    .future(() -> CompletableFuture.runAsync(
                            () -> send(exchange, served.serve(), sent), after(fault.time())));
        }

        @Override
        public Runnable drop(Fault.Drop fault) {
            return () -> {
                commitIf(fault.moment());
                Wire.this.drop(exchange, sent);
            };
        }

        @Override
        public Runnable truncatedBody(Fault.TruncatedBody fault) {
            return () -> {
                Answer answer = served.serve();
                sent.as("truncated");
                exchange.sendHalf(answer);
            };
        }

        @Override
        public Runnable notJson(Fault.NotJson fault) {
            return () -> {
                commitIf(fault.moment());
                send(exchange, new Answer(200, "application/json", NOT_JSON, Map.of()), sent);
            };
        }

        @Override
        public Runnable html(Fault.Html fault) {
            return () -> {
                commitIf(fault.moment());
                send(exchange, new Answer(200, "text/html; charset=utf-8", PAGE, Map.of()), sent);
            };
        }

        @Override
        public Runnable slowBody(Fault.SlowBody fault) {
            return () -> {
                Answer answer = served.serve();
                sent.as(Integer.toString(answer.status()));
                exchange.context().future(() -> trickle(answer, fault.time()));
            };
        }

        @Override
        public Runnable noAnswer(Fault.NoAnswer fault) {
            return () -> {
                commitIf(fault.moment());
                sent.as("unanswered");
                CompletableFuture<Boolean> never = new CompletableFuture<>();
                held.add(never);
                exchange.context().future(() -> never.whenComplete((done, failed) -> exchange.drop()));
            };
        }

        /** The first piece at once, so that the client has its status and waits for the rest. */
        private CompletableFuture<?> trickle(Answer answer, Duration time) {
            exchange.begin(answer);
            CompletableFuture<?> sending = CompletableFuture.completedFuture(null);
            int length = answer.body().length;
            for (int piece = 0; piece < TRICKLE_PIECES; piece++) {
                int from = (int) ((long) length * piece / TRICKLE_PIECES);
                int to = (int) ((long) length * (piece + 1) / TRICKLE_PIECES);
                sending = sending.thenRunAsync(
                        () -> exchange.continueWith(answer, from, to), after(time.dividedBy(TRICKLE_PIECES)));
            }
            return sending;
        }
    }

    private Executor after(Duration time) {
        // delayedExecutor would use a thread of its own that nobody closes.
        return task -> {
            var unused = timer.schedule(task, time.toNanos(), TimeUnit.NANOSECONDS);
        };
    }

    /** Drops the connections that still wait for an answer which was never to come. */
    @Override
    public void close() {
        held.forEach(never -> never.complete(true));
        held.clear();
    }
}

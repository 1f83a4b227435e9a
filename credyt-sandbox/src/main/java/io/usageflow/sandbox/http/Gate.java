package io.usageflow.sandbox.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.Behaviour.Limits;
import io.usageflow.sandbox.behaviour.Behaviour.Outage;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Faults;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checks that every request to the API passes, in this order: outage, size of the body, API key, concurrent
 * requests, rate, media type, fault. Requests to the admin surface pass none of them.
 */
public final class Gate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final String KEY_HEADER = "X-CREDYT-API-KEY";
    private static final int ADMIN_BODY_BYTES_MAX = 64 * 1024 * 1024;

    private final Supplier<Behaviour> behaviour;
    private final Faults faults;
    private final RequestLog log;
    private final ResponseSender sender;
    private final Clock clock;
    private final Concurrency concurrency = new Concurrency();
    private final RateLimit rateLimit = new RateLimit(System::nanoTime);

    /** @param timer runs the waits of delayed responses; the caller closes it */
    public Gate(
            Supplier<Behaviour> behaviour, Faults faults, RequestLog log, ScheduledExecutorService timer, Clock clock) {
        this.behaviour = behaviour;
        this.faults = faults;
        this.log = log;
        this.sender = new ResponseSender(timer, clock);
        this.clock = clock;
    }

    void serve(Context context, Route route) throws IOException {
        Concurrency.Place place = concurrency.enter();
        try {
            serve(new Exchange(context, route), place);
        } catch (IOException | RuntimeException broken) {
            place.leave();
            throw broken;
        }
    }

    private void serve(Exchange exchange, Concurrency.Place place) throws IOException {
        Behaviour now = behaviour.get();
        Consumer<String> sent = logged(exchange, place, now.limits(), "");
        if (now.outage() == Outage.DROP) {
            sender.drop(exchange, sent);
            return;
        }
        ApiResponse refusal = refusal(exchange, place, now);
        if (refusal != null) {
            sender.send(exchange, refusal, sent);
            return;
        }
        Optional<Fault> fault = faults.strike(exchange.route().name(), exchange.pathAndQuery(), exchange.body());
        if (fault.isPresent()) {
            Consumer<String> sentSpoilt =
                    logged(exchange, place, now.limits(), fault.get().getClass().getSimpleName());
            sender.spoil(exchange, fault.get(), () -> operate(exchange), sentSpoilt);
        } else {
            sender.send(exchange, operate(exchange), sent);
        }
    }

    /** For the admin surface: no key, no limit, no fault, no request log. */
    void serveOpen(Context context, Route route, String boundTo) throws IOException {
        Exchange exchange = new Exchange(context, route);
        ApiResponse refusal = HostCheck.refusal(context, boundTo);
        if (refusal != null) {
            exchange.send(refusal);
            return;
        }
        exchange.send(
                exchange.readBody(ADMIN_BODY_BYTES_MAX)
                        ? operate(exchange)
                        : Problems.of(413, "The body is longer than " + ADMIN_BODY_BYTES_MAX + " bytes."));
    }

    private @Nullable ApiResponse refusal(Exchange exchange, Concurrency.Place place, Behaviour now)
            throws IOException {
        if (now.outage() == Outage.UNAVAILABLE) {
            return Problems.of(503, "The sandbox simulates an outage.");
        }
        Limits limits = now.limits();
        if (!exchange.readBody(limits.maxBodyBytes())) {
            return Problems.of(413, "The body is longer than " + limits.maxBodyBytes() + " bytes.");
        }
        if (!isAllowed(exchange.header(KEY_HEADER), now)) {
            return ApiResponse.empty(401);
        }
        if (!place.isWithin(limits.concurrentRequests())) {
            return Problems.of(503, "More than " + limits.concurrentRequests() + " requests at once.");
        }
        if (!rateLimit.allows(limits.requestsPerSecond())) {
            ApiResponse problem = Problems.of(429, "More than " + limits.requestsPerSecond() + " requests per second.");
            int seconds = limits.retryAfterSeconds();
            return seconds == 0 ? problem : problem.withHeader("Retry-After", Integer.toString(seconds));
        }
        boolean hasBody = exchange.route().method().equals(HandlerType.POST)
                || exchange.route().method().equals(HandlerType.PATCH);
        return hasBody && !exchange.saysJson()
                ? Problems.of(415, "Send the body as Content-Type: application/json.")
                : null;
    }

    private static boolean isAllowed(@Nullable String key, Behaviour now) {
        if (key == null || key.isBlank()) {
            return false;
        }
        return now.apiKeys().isEmpty() || now.apiKeys().contains(key);
    }

    private static ApiResponse operate(Exchange exchange) {
        try {
            return exchange.route().operation().answer(exchange.request());
        } catch (RuntimeException e) {
            // A bug of the sandbox: it must not look like a response of Credyt.
            LOG.error("event=sandbox_failed route={}", exchange.route().name(), e);
            return Problems.of(500, "The sandbox failed; its log has the reason.");
        }
    }

    /** Drops the connections whose requests are never answered. */
    @Override
    public void close() {
        sender.close();
    }

    private Consumer<String> logged(Exchange exchange, Concurrency.Place place, Limits limits, String fault) {
        return result -> {
            place.leave();
            log.add(
                    new RequestLog.Entry(
                            clock.instant(),
                            exchange.route().name(),
                            exchange.pathAndQuery(),
                            exchange.account(),
                            exchange.body().length,
                            result,
                            fault,
                            exchange.micros()),
                    limits.requestLog());
        };
    }

    /** Counts the requests in progress, including delayed ones. Thread-safe. */
    private static final class Concurrency {
        private final AtomicInteger serving = new AtomicInteger();

        Place enter() {
            return new Place(serving.incrementAndGet());
        }

        /** The place of one request. */
        final class Place {
            private final int number;
            private final AtomicBoolean left = new AtomicBoolean();

            private Place(int number) {
                this.number = number;
            }

            /** @param limit requests at once; 0 means no limit */
            boolean isWithin(int limit) {
                return limit == 0 || number <= limit;
            }

            /** The first call counts. */
            void leave() {
                if (left.compareAndSet(false, true)) {
                    serving.decrementAndGet();
                }
            }
        }
    }

    /** A token bucket that holds one second of requests. Thread-safe. */
    static final class RateLimit {
        private static final double NANOS_PER_SECOND = 1e9;

        private final LongSupplier nanoTime;
        private long lastNanos;
        private double tokens;
        private int perSecond;

        RateLimit(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
            this.lastNanos = nanoTime.getAsLong();
        }

        /** @param limit requests per second; 0 means no limit; a changed limit starts with a full bucket */
        synchronized boolean allows(int limit) {
            long now = nanoTime.getAsLong();
            if (limit != perSecond) {
                perSecond = limit;
                tokens = limit;
                lastNanos = now;
            }
            if (limit == 0) {
                return true;
            }
            tokens = Math.min(limit, tokens + (now - lastNanos) / NANOS_PER_SECOND * limit);
            lastNanos = now;
            if (tokens < 1) {
                return false;
            }
            tokens -= 1;
            return true;
        }
    }

    /**
     * Protects the admin surface, which needs no key, from web pages. An attacker can let a domain name resolve to this
     * machine (DNS rebinding) or send a form to it. Addresses, and names without a dot such as those of containers,
     * cannot belong to an attacker. Pure.
     */
    private static final class HostCheck {
        private static final Pattern ADDRESS_OR_LOCAL_NAME =
                Pattern.compile("[A-Za-z0-9_-]+|\\d+(\\.\\d+){3}|\\[[0-9A-Fa-f:.]+]");

        private HostCheck() {}

        /** The refusal, or null if the request may pass. */
        static @Nullable ApiResponse refusal(Context context, String boundTo) {
            String host = context.req().getServerName();
            if (!isOurs(host, boundTo)) {
                return Problems.of(
                        421, "The admin surface does not answer under this name. Use the address, or localhost.");
            }
            String origin = context.header("Origin");
            return origin == null || isOurs(hostOf(origin), boundTo)
                    ? null
                    : Problems.of(403, "The admin surface takes no requests from pages of other sites.");
        }

        private static boolean isOurs(@Nullable String host, String boundTo) {
            return host != null
                    && (host.equalsIgnoreCase(boundTo)
                            || ADDRESS_OR_LOCAL_NAME.matcher(host).matches());
        }

        private static @Nullable String hostOf(String origin) {
            try {
                return URI.create(origin).getHost();
            } catch (IllegalArgumentException none) {
                return null;
            }
        }
    }
}

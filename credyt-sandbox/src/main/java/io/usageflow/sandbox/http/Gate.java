package io.usageflow.sandbox.http;

import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.usageflow.sandbox.behaviour.Behaviour;
import io.usageflow.sandbox.behaviour.Limits;
import io.usageflow.sandbox.behaviour.Outage;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.Faults;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every request to the API passes, in this order: outage, size of the body, API key, requests at once,
 * rate, media type, fault. Requests
 * to the admin surface pass none of it.
 */
final class Gate {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final String KEY_HEADER = "X-CREDYT-API-KEY";
    private static final int ADMIN_BODY_BYTES_MAX = 64 * 1024 * 1024;

    private final Supplier<Behaviour> behaviour;
    private final Faults faults;
    private final RequestLog log;
    private final Wire wire;
    private final Clock clock;
    private final Concurrency concurrency = new Concurrency();
    private final RateLimit rateLimit = new RateLimit(System::nanoTime);

    Gate(Supplier<Behaviour> behaviour, Faults faults, RequestLog log, Wire wire, Clock clock) {
        this.behaviour = behaviour;
        this.faults = faults;
        this.log = log;
        this.wire = wire;
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
        Wire.Sent sent = logged(exchange, place, now.limits(), "");
        if (now.outage() == Outage.DROP) {
            wire.drop(exchange, sent);
            return;
        }
        Answer refusal = refusal(exchange, place, now);
        if (refusal != null) {
            wire.send(exchange, refusal, sent);
            return;
        }
        Optional<Fault> fault = faults.strike(exchange.route().name(), exchange.pathAndQuery(), exchange.body());
        if (fault.isPresent()) {
            Wire.Sent sentSpoilt =
                    logged(exchange, place, now.limits(), fault.get().getClass().getSimpleName());
            wire.spoil(exchange, fault.get(), () -> answer(exchange), sentSpoilt);
        } else {
            wire.send(exchange, answer(exchange), sent);
        }
    }

    /** For the admin surface: no key, no limit, no fault, no log. */
    void serveOpen(Context context, Route route, String boundTo) throws IOException {
        Exchange exchange = new Exchange(context, route);
        Answer refusal = HostCheck.refusal(context, boundTo);
        if (refusal != null) {
            exchange.send(refusal);
            return;
        }
        exchange.send(
                exchange.readBody(ADMIN_BODY_BYTES_MAX)
                        ? answer(exchange)
                        : Problems.of(413, "The body is longer than " + ADMIN_BODY_BYTES_MAX + " bytes."));
    }

    private @Nullable Answer refusal(Exchange exchange, Concurrency.Place place, Behaviour now) throws IOException {
        if (now.outage() == Outage.UNAVAILABLE) {
            return Problems.of(503, "The sandbox plays an outage.");
        }
        Limits limits = now.limits();
        if (!exchange.readBody(limits.maxBodyBytes())) {
            return Problems.of(413, "The body is longer than " + limits.maxBodyBytes() + " bytes.");
        }
        if (!isLetIn(exchange.header(KEY_HEADER), now)) {
            return Answer.empty(401);
        }
        if (!place.isWithin(limits.concurrentRequests())) {
            return Problems.of(503, "More than " + limits.concurrentRequests() + " requests at once.");
        }
        if (!rateLimit.letsIn(limits.requestsPerSecond())) {
            Answer answer = Problems.of(429, "More than " + limits.requestsPerSecond() + " requests per second.");
            int seconds = limits.retryAfterSeconds();
            return seconds == 0 ? answer : answer.withHeader("Retry-After", Integer.toString(seconds));
        }
        boolean hasBody = exchange.route().method() == HandlerType.POST
                || exchange.route().method() == HandlerType.PATCH;
        return hasBody && !exchange.saysJson()
                ? Problems.of(415, "Send the body as Content-Type: application/json.")
                : null;
    }

    private static boolean isLetIn(@Nullable String key, Behaviour now) {
        if (key == null || key.isBlank()) {
            return false;
        }
        return now.apiKeys().isEmpty() || now.apiKeys().contains(key);
    }

    private static Answer answer(Exchange exchange) {
        try {
            return exchange.route().operation().answer(exchange.request());
        } catch (RuntimeException e) {
            // A bug of the sandbox, not of the client: it must not look like an answer of Credyt to the request.
            LOG.error("the sandbox failed: route={}", exchange.route().name(), e);
            return Problems.of(500, "The sandbox failed; its log has the reason.");
        }
    }

    private Wire.Sent logged(Exchange exchange, Concurrency.Place place, Limits limits, String fault) {
        return result -> {
            place.leave();
            log.add(
                    new RequestLog.Entry(
                            clock.instant(),
                            exchange.route().name(),
                            exchange.pathAndQuery(),
                            exchange.body().length,
                            result,
                            fault,
                            exchange.micros()),
                    limits.requestLog());
        };
    }
}

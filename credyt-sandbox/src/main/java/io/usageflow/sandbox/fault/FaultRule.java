package io.usageflow.sandbox.fault;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A fault, for whom, and for how long. Immutable.
 *
 * @param times the number of strikes after which it is spent; 0 for no bound
 * @param rate the share of the matching requests that it strikes, more than 0 and at most 1
 * @param seed of the choice by rate: the same seed strikes the same requests, counted from the rule's start
 * @param until it ends at this time; null for never
 */
public record FaultRule(
        FaultMatch match,
        Fault fault,
        int times,
        double rate,
        long seed,
        @Nullable Instant until) {
    public FaultRule {
        if (times < 0) {
            throw new IllegalArgumentException("times is " + times + ": use 0 for no bound, or more");
        }
        if (!(rate > 0 && rate <= 1)) {
            throw new IllegalArgumentException("rate is " + rate + ": use a number above 0 and at most 1");
        }
    }

    /** Strikes every matching request until the rules are cleared. */
    public static FaultRule always(FaultMatch match, Fault fault) {
        return new FaultRule(match, fault, 0, 1, 0, null);
    }

    /** Strikes the next matching requests. */
    public static FaultRule next(int times, FaultMatch match, Fault fault) {
        return always(match, fault).withTimes(times);
    }

    public FaultRule withTimes(int changed) {
        return new FaultRule(match, fault, changed, rate, seed, until);
    }

    public FaultRule withRate(double changed, long changedSeed) {
        return new FaultRule(match, fault, times, changed, changedSeed, until);
    }

    public FaultRule withUntil(Instant changed) {
        return new FaultRule(match, fault, times, rate, seed, changed);
    }

    /**
     * The requests that a fault concerns. Immutable; every given part must match.
     *
     * @param route {@code POST /events} or {@code GET /customers/{id}}, as the documentation writes it; null for all
     * @param eventId a request whose body or path has this id; null for all
     * @param customer likewise, Credyt's id or the external one
     */
    public record FaultMatch(
            @Nullable String route,
            @Nullable String eventId,
            @Nullable String customer) {
        public static final FaultMatch ALL = new FaultMatch(null, null, null);
        public static final FaultMatch POST_EVENTS = route("POST /events");

        public static FaultMatch route(String route) {
            return new FaultMatch(route, null, null);
        }

        public FaultMatch ofEvent(String id) {
            return new FaultMatch(route, id, customer);
        }

        public FaultMatch ofCustomer(String id) {
            return new FaultMatch(route, eventId, id);
        }

        /**
         * Whether the request is concerned.
         *
         * @param path with its query, decoded
         */
        public boolean meets(String requestRoute, String path, byte[] body) {
            return (route == null || route.equals(requestRoute))
                    && (eventId == null || names(eventId, path, body))
                    && (customer == null || names(customer, path, body));
        }

        private static boolean names(String id, String path, byte[] body) {
            // ISO 8859-1 maps each byte to one character: a cheap and exact search.
            String quoted = new String(('"' + id + '"').getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            return path.contains(id) || new String(body, StandardCharsets.ISO_8859_1).contains(quoted);
        }
    }
}

package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** How the destination is doing: circuit, concurrency, back-off and failing customers under one roof. One thread. */
final class Destination {
    private final Circuit circuit;
    private final ConcurrencyLimit limit;
    private final RetrySchedule retries;
    private final FailingSince<Customer> customers = new FailingSince<>();
    private long lastRequest;
    private OptionalLong lastWellNanos = OptionalLong.empty();
    private OptionalLong lastAcceptedNanos = OptionalLong.empty();

    Destination(DeliverySettings.Retrying retrying, DeliverySettings.InFlight inFlight, RandomGenerator random) {
        retries = new RetrySchedule(retrying.min(), retrying.max(), retrying.retryAfterMax(), random);
        var probes = new RetrySchedule(
                retrying.circuit().waitMin(), retrying.circuit().waitMax(), retrying.retryAfterMax(), random);
        circuit = new Circuit(probes, retrying.circuit().failures());
        limit = new ConcurrencyLimit(inFlight.start(), inFlight.max());
    }

    boolean admits(int inFlight, long nowNanos) {
        return circuit.admits(nowNanos) && (circuit.state() != Circuit.State.CLOSED || inFlight < limit.current());
    }

    /** A request goes out. Only where {@link #admits} said so. Its number is never used again in this process. */
    long send() {
        circuit.sent(++lastRequest);
        return lastRequest;
    }

    /** No answer will come any more to what was sent so far. */
    void abandonRequests(long nowNanos) {
        circuit.abandonProbe(nowNanos);
    }

    /** Who fails although the destination is well. */
    FailingSince<Customer> customers() {
        return customers;
    }

    void well(long request, int inFlight, long nowNanos) {
        lastWellNanos = OptionalLong.of(nowNanos);
        limit.answered(inFlight);
        Optional<Duration> outage = circuit.succeeded(request, nowNanos);
        outage.ifPresent(open -> {
            limit.restart();
            customers.outageOf(open, nowNanos);
        });
    }

    void failed(long request, Customer customer, Outcome.Retry why, long sentNanos, long nowNanos) {
        if (why.overload()) {
            limit.overloaded(sentNanos, nowNanos);
        }
        circuit.failed(request, customer, why.cause(), why.notBefore(), nowNanos);
    }

    void halted(long request, Outcome.Halt why, long nowNanos) {
        circuit.halted(request, why.cause(), why.detail(), nowNanos);
    }

    /** Whether anything was answered in good health after that moment. */
    boolean wellSince(long nanos) {
        return lastWellNanos.isPresent() && lastWellNanos.getAsLong() - nanos > 0;
    }

    /** Events were accepted. */
    void accepted(long nowNanos) {
        lastAcceptedNanos = OptionalLong.of(nowNanos);
    }

    boolean acceptedSince(long nanos) {
        return lastAcceptedNanos.isPresent() && lastAcceptedNanos.getAsLong() - nanos > 0;
    }

    /** @param failures in a row, at least 1 */
    Duration wait(int failures, Optional<Duration> floor) {
        return retries.next(failures, floor);
    }

    OptionalLong probeDueNanos() {
        return circuit.probeDueNanos();
    }

    Circuit circuit() {
        return circuit;
    }

    int limit() {
        return limit.current();
    }
}

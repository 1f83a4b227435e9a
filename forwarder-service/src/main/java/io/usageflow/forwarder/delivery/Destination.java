package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** How the destination is doing: circuit, concurrency and back-off under one roof. One thread. */
final class Destination {
    private final Circuit circuit;
    private final ConcurrencyLimit limit;
    private final RetrySchedule retries;
    private long lastWellNanos;
    private boolean everWell;

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

    void sent(long request) {
        circuit.sent(request);
    }

    /** @return how long the circuit was open, where this answer closed it */
    Optional<Duration> well(long request, int inFlight, long nowNanos) {
        lastWellNanos = nowNanos;
        everWell = true;
        limit.answered(inFlight);
        Optional<Duration> outage = circuit.succeeded(request, nowNanos);
        outage.ifPresent(open -> limit.restart());
        return outage;
    }

    void failed(long request, Outcome.Retry why, long sentNanos, long nowNanos) {
        if (why.overload()) {
            limit.overloaded(sentNanos, nowNanos);
        }
        circuit.failed(request, why.cause(), why.notBefore(), nowNanos);
    }

    void halted(long request, Outcome.Halt why, long nowNanos) {
        circuit.halted(request, why.cause(), why.detail(), nowNanos);
    }

    /** Whether anything was answered in good health after that moment. */
    boolean wellSince(long nanos) {
        return everWell && lastWellNanos - nanos > 0;
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

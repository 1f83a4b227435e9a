package io.usageflow.forwarder.delivery.health;

import io.usageflow.forwarder.clock.RateLimiter;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.delivery.answer.Outcome;
import io.usageflow.forwarder.delivery.answer.Outcome.OutageCause;
import io.usageflow.forwarder.delivery.health.FailureBudgets.FailureStatus;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.SuspectEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The health of the destination: circuit, concurrency, back-off and failing customers. One thread. */
public final class DestinationHealth {
    private static final int BUDGET_SHARE_WORTH_WRITING = 10;
    /** Burst of lookups after a pause. */
    private static final int LOOKUP_BURST = 2;

    private static final Duration WORTH_WRITING_MAX = Duration.ofSeconds(10);

    private final Circuit circuit;
    private final ConcurrencyLimit limit;
    private final RetrySchedule retries;
    private final FailureBudgets customers;
    private final SurgeGuard surge;
    private final CommonRefusal noFunds = new CommonRefusal();
    private final int lookupsPerSecond;
    private @Nullable RateLimiter lookups;
    private long lastRequest;
    private long acceptedRequests;
    private long failedRequests;
    private OptionalLong lastHealthyNanos = OptionalLong.empty();
    private OptionalLong lastAcceptedNanos = OptionalLong.empty();

    public DestinationHealth(DeliverySettings settings, RandomGenerator random) {
        DeliverySettings.Retrying retrying = settings.retrying();
        DeliverySettings.StepAside stepAside = settings.stepAside();
        retries = new RetrySchedule(retrying.min(), retrying.max(), retrying.retryAfterMax(), random);
        var probes = new RetrySchedule(
                retrying.circuit().waitMin(), retrying.circuit().waitMax(), retrying.retryAfterMax(), random);
        circuit = new Circuit(probes, retrying.circuit().failures());
        limit = new ConcurrencyLimit(
                settings.inFlight().start(), settings.inFlight().max());
        customers = new FailureBudgets(worthWriting(stepAside.failingBudget()));
        surge = new SurgeGuard(stepAside.surgeMax());
        lookupsPerSecond = retrying.lookupsPerSecond();
    }

    private static Duration worthWriting(Duration budget) {
        Duration share = budget.dividedBy(BUDGET_SHARE_WORTH_WRITING);
        return share.compareTo(WORTH_WRITING_MAX) < 0 ? share : WORTH_WRITING_MAX;
    }

    public boolean admits(int inFlight, long nowNanos) {
        return circuit.admits(nowNanos) && (circuit.state() != Circuit.State.CLOSED || inFlight < limit.current());
    }

    /** Numbers a request that {@link #admits} allowed. Numbers are unique in this process. */
    public long send() {
        circuit.sent(++lastRequest);
        return lastRequest;
    }

    /** Notes that no pending request will get an answer. */
    public void abandonRequests(long nowNanos) {
        circuit.abandonProbe(nowNanos);
    }

    /** The customers that fail although the destination is healthy. */
    public FailureBudgets customers() {
        return customers;
    }

    public SurgeGuard surge() {
        return surge;
    }

    /** Handles a healthy answer; parameters as in {@link ConcurrencyLimit#answered}. */
    public void healthy(long request, int inFlight, long sentNanos, long nowNanos) {
        lastHealthyNanos = OptionalLong.of(nowNanos);
        limit.answered(inFlight, sentNanos, nowNanos);
        Optional<Duration> outage = circuit.succeeded(request, nowNanos);
        outage.ifPresent(open -> {
            limit.restart();
            customers.outageOf(open, nowNanos);
        });
    }

    public SuspectEvent.RequestCounts requests() {
        return new SuspectEvent.RequestCounts(acceptedRequests, failedRequests);
    }

    /** Called in addition to {@link #failed} for a failure that no suspect event explains. */
    public void failedUnexplained() {
        failedRequests++;
    }

    public void failed(long request, Customer customer, Outcome.Retry why, long sentNanos, long nowNanos) {
        if (why.overload()) {
            limit.overloaded(sentNanos, nowNanos);
        }
        boolean sending = isHealthy();
        circuit.failed(request, customer, why.kind(), why.cause(), why.notBefore(), nowNanos);
        suspendCustomers(sending, nowNanos);
    }

    /** Delegates to {@link Circuit#undecided}. */
    public void undecided(long request, String why, Optional<Duration> notBefore, long nowNanos) {
        circuit.undecided(request, OutageCause.REFUSED, why, notBefore, nowNanos);
    }

    public void halted(long request, Outcome.Halt why, long nowNanos) {
        boolean sending = isHealthy();
        circuit.halted(request, why.cause(), why.detail(), why.notBefore(), nowNanos);
        suspendCustomers(sending, nowNanos);
    }

    private void suspendCustomers(boolean sendingBefore, long nowNanos) {
        if (sendingBefore && !isHealthy()) {
            customers.suspend(nowNanos);
        }
    }

    /** Whether the circuit is closed. */
    public boolean isHealthy() {
        return circuit.state() == Circuit.State.CLOSED;
    }

    /** Whether a healthy answer came after that time. */
    public boolean healthySince(long nanos) {
        return lastHealthyNanos.isPresent() && lastHealthyNanos.getAsLong() - nanos > 0;
    }

    /**
     * Notes a request with accepted events, at least 1.
     *
     * @return whether every customer was refused for lack of funds before
     */
    public boolean accepted(int events, long nowNanos) {
        lastAcceptedNanos = OptionalLong.of(nowNanos);
        acceptedRequests++;
        surge.earned(events);
        Optional<Duration> refused = noFunds.accepted(nowNanos);
        refused.ifPresent(time -> customers.excludeFromFunds(time, nowNanos));
        return refused.isPresent();
    }

    /** Notes that a customer was refused for lack of funds; parameters as in {@link FailureBudgets#noFunds}. */
    public FailureStatus noFunds(
            Customer customer, Collection<TopicPartition> partitions, String cause, long sentNanos, long nowNanos) {
        FailureStatus status = customers.noFunds(customer, partitions, cause, sentNanos, nowNanos);
        noFunds.refused(customer, acceptedSince(status.sinceNanos()), nowNanos);
        return status;
    }

    /** Whether every customer that was tried is refused for lack of funds, and nothing is accepted. */
    public boolean refusesAllFunds() {
        return noFunds.isCommon();
    }

    /** The rate limiter of lookups. */
    public RateLimiter lookups(long nowNanos) {
        if (lookups == null) {
            lookups = new RateLimiter(
                    lookupsPerSecond, Duration.ofSeconds(LOOKUP_BURST).dividedBy(lookupsPerSecond), nowNanos);
        }
        return lookups;
    }

    public boolean acceptedSince(long nanos) {
        return lastAcceptedNanos.isPresent() && lastAcceptedNanos.getAsLong() - nanos > 0;
    }

    /** The wait after a number of failures in a row, at least 1. */
    public Duration wait(int failures, Optional<Duration> floor) {
        return retries.next(failures, floor);
    }

    public OptionalLong probeDueNanos() {
        return circuit.probeDueNanos();
    }

    public Circuit circuit() {
        return circuit;
    }

    int limit() {
        return limit.current();
    }
}

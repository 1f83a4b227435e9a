package io.usageflow.forwarder.console.job;

import io.usageflow.forwarder.console.deadletter.DeadLetterQuestion;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.replay.ReplayJob.ReplayProgress;
import io.usageflow.forwarder.replay.ReplayOutcome;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome;
import io.usageflow.forwarder.replay.ReplayPlan;
import io.usageflow.forwarder.replay.ReplayPlan.SkipReason;
import io.usageflow.forwarder.replay.ReplayRequest;
import io.usageflow.forwarder.replay.ReplayRequest.Audit;
import io.usageflow.forwarder.replay.ReplayRequest.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One replay or discard from its plan to its end. Its thread writes, pages read. Memory is bounded: of the dead letters
 * that are left alone the first {@value #NAMED_MAX} are named. Thread-safe.
 */
final class ConsoleJob implements ReplayProgress, JobBoard.Job {
    static final int NAMED_MAX = 100;

    /** How far it is. */
    enum Phase {
        PLANNING,
        /** The plan waits for an operator. */
        PLANNED,
        RUNNING,
        ENDED
    }

    /**
     * What was asked for.
     *
     * @param question with times that mean the same later
     * @param options of the command beyond the question's, each with a space before it
     */
    record Order(DeadLetterQuestion question, DeadLetterFilter filter, ReplayRequest.Action action, String options) {
        String verb() {
            return action.match(replay -> "replay", () -> "discard");
        }

        String command() {
            return "usageflow dead-letters " + verb() + question.options() + options;
        }
    }

    /** Who confirmed the plan, why, and within which limits. */
    record Confirmed(Audit audit, Limits limits) {}

    /** A dead letter that the plan leaves alone. */
    record LeftAlone(String deadLetterId, SkipReason skipReason, String detail) {}

    /**
     * All that a page shows, of one moment. Immutable.
     *
     * @param read records of the topic that were read for the plan
     * @param plannedAt when the plan was complete
     * @param toDo dead letters to answer: as planned, then as confirmed
     * @param canary how many were replayed first; 0 before that
     * @param outcome how the run ended
     * @param failure why there is no outcome, in one sentence
     */
    record Snapshot(
            Phase phase,
            long read,
            Optional<ReplayPlan> plan,
            Optional<Instant> plannedAt,
            List<LeftAlone> leftAlone,
            Optional<Confirmed> confirmed,
            long done,
            long toDo,
            int canary,
            List<CanaryOutcome> canaryOutcomes,
            Optional<ReplayOutcome> outcome,
            Optional<String> failure,
            Optional<Instant> endedAt) {}

    private final String id = Audit.of("", "").job();
    private final Order order;
    private final Instant begun;
    private final CountDownLatch stop = new CountDownLatch(1);

    private final List<LeftAlone> leftAlone = new ArrayList<>();
    private Phase phase = Phase.PLANNING;
    private long read;
    private @Nullable ReplayPlan plan;
    private @Nullable Instant plannedAt;
    private @Nullable Confirmed confirmed;
    private long done;
    private long toDo;
    private int canary;
    private List<CanaryOutcome> canaryOutcomes = List.of();
    private @Nullable ReplayOutcome outcome;
    private @Nullable String failure;
    private @Nullable Instant endedAt;

    ConsoleJob(Order order, Instant begun) {
        this.order = order;
        this.begun = begun;
    }

    /** Also the job's name in the marks. */
    @Override
    public String id() {
        return id;
    }

    Order order() {
        return order;
    }

    Instant begun() {
        return begun;
    }

    synchronized Phase phase() {
        return phase;
    }

    synchronized Snapshot snapshot() {
        return new Snapshot(
                phase,
                read,
                Optional.ofNullable(plan),
                Optional.ofNullable(plannedAt),
                List.copyOf(leftAlone),
                Optional.ofNullable(confirmed),
                done,
                toDo,
                canary,
                canaryOutcomes,
                Optional.ofNullable(outcome),
                Optional.ofNullable(failure),
                Optional.ofNullable(endedAt));
    }

    /** The request of the plan. */
    ReplayRequest toPlan() {
        return new ReplayRequest(order.filter(), order.action(), false, new Audit("", "", id), Limits.unhurried());
    }

    @Override
    public synchronized boolean isIdle() {
        return phase == Phase.ENDED || phase == Phase.PLANNED;
    }

    @Override
    public void cancel() {
        stop.countDown();
    }

    boolean isCancelled() {
        return stop.getCount() == 0;
    }

    /** The job's cancellation. */
    boolean stopsWithin(Duration atMost) {
        try {
            return stop.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    synchronized void planned(ReplayPlan complete, Instant now) {
        plan = complete;
        plannedAt = now;
        toDo = complete.answerable();
        phase = Phase.PLANNED;
    }

    /** The request of the run. The plan is made once more, after jobs before it have ended. */
    synchronized ReplayRequest confirm(Confirmed by) {
        confirmed = by;
        phase = Phase.RUNNING;
        read = 0;
        leftAlone.clear();
        return new ReplayRequest(order.filter(), order.action(), false, by.audit(), by.limits());
    }

    synchronized void ended(ReplayOutcome how, Instant now) {
        outcome = how;
        done = how.done();
        end(now);
    }

    @Override
    public synchronized void failed(String why, Instant now) {
        failure = why;
        end(now);
    }

    private void end(Instant now) {
        phase = Phase.ENDED;
        endedAt = now;
    }

    @Override
    public synchronized void read(long records) {
        read = records;
    }

    @Override
    public synchronized void leftAlone(String deadLetterId, SkipReason skipReason, String detail) {
        if (leftAlone.size() < NAMED_MAX) {
            leftAlone.add(new LeftAlone(deadLetterId, skipReason, detail));
        }
    }

    @Override
    public synchronized void planned(ReplayPlan complete, long limited) {
        plan = complete;
        toDo = limited;
    }

    @Override
    public synchronized void done(long answered, long all) {
        done = answered;
    }

    @Override
    public synchronized void canaryAwaited(int count) {
        canary = count;
    }

    @Override
    public synchronized void canaryEnded(List<CanaryOutcome> outcomes) {
        canaryOutcomes = List.copyOf(outcomes);
    }
}

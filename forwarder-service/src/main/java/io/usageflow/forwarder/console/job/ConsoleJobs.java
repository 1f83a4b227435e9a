package io.usageflow.forwarder.console.job;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.job.ConsoleJob.Confirmed;
import io.usageflow.forwarder.console.job.ConsoleJob.Order;
import io.usageflow.forwarder.console.job.ConsoleJob.Phase;
import io.usageflow.forwarder.replay.ReplayJob;
import io.usageflow.forwarder.replay.ReplayOutcome;
import io.usageflow.forwarder.replay.ReplayPlan;
import io.usageflow.forwarder.replay.ReplayRequest;
import io.usageflow.schema.text.VisibleText;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replays and discards of this process. {@value #PLANNING_MAX} plan at once, and one answers dead letters, since a
 * second one would fence it. What they have answered survives the process, with their names in the marks. Thread-safe;
 * close it.
 */
public final class ConsoleJobs implements AutoCloseable {
    static final int PLANNING_MAX = 2;

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleJobs.class);

    private final ReplayJob replay;
    private final Clock clock;
    private final JobBoard<ConsoleJob> board;

    public ConsoleJobs(Settings settings, Clock clock) {
        this.replay = new ReplayJob(settings);
        this.clock = clock;
        this.board = new JobBoard<>(PLANNING_MAX + 1, clock);
    }

    /** Begins to plan; empty while others plan. */
    Optional<ConsoleJob> plan(Order order) {
        var job = new ConsoleJob(order, clock.instant());
        return board.begin(job, each -> each.phase() == Phase.PLANNING, PLANNING_MAX, () -> makePlan(job));
    }

    /** Answers what the job has planned; says why not where it does not. */
    synchronized Optional<String> confirm(ConsoleJob job, Confirmed confirmed) {
        if (job.phase() != Phase.PLANNED) {
            return Optional.of("This job waits for no confirmation.");
        }
        if (board.count(each -> each.phase() == Phase.RUNNING) > 0) {
            return Optional.of("Another job answers dead letters in this instance: wait for its end, or cancel it.");
        }
        ReplayRequest request = job.confirm(confirmed);
        LOG.info(
                "event=console_job_began job={} action={} by={} why={} filter={} limit={}",
                job.id(),
                job.order().verb(),
                VisibleText.logged(confirmed.audit().who()),
                VisibleText.logged(confirmed.audit().why()),
                VisibleText.logged(job.order().filter()),
                confirmed.limits().limit().orElse(0));
        board.run(job, () -> answer(job, request));
        return Optional.empty();
    }

    Optional<ConsoleJob> find(String id) {
        return board.find(id);
    }

    List<ConsoleJob> latestFirst() {
        return board.latestFirst();
    }

    private void makePlan(ConsoleJob job) {
        ReplayPlan plan = replay.plan(job.toPlan(), job, job::stopsWithin);
        if (job.isCancelled()) {
            job.failed("Cancelled before it was planned: nothing was changed.", clock.instant());
        } else {
            job.planned(plan, clock.instant());
        }
    }

    private void answer(ConsoleJob job, ReplayRequest request) throws InterruptedException {
        ReplayOutcome outcome = replay.run(request, job, job::stopsWithin);
        job.ended(outcome, clock.instant());
        LOG.info(
                "event=console_job_ended job={} done={} of={} end={}",
                job.id(),
                outcome.done(),
                outcome.toDo(),
                outcome.end().getClass().getSimpleName());
    }

    @Override
    public void close() {
        board.close();
    }
}

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of this process. They run in threads of their own, so that closing a browser ends none. {@value
 * #PLANNING_MAX} plan at once, and one answers dead letters, since a second one would fence it. They are in memory.
 * What they have answered survives the process, with their names in the marks. Thread-safe; close it.
 */
public final class ConsoleJobs implements AutoCloseable {
    static final int PLANNING_MAX = 2;
    /** Ended and planned ones make room, the oldest first. */
    static final int KEPT_MAX = 20;

    /** Longer than a transaction takes. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(ConsoleJobs.class);

    private final ReplayJob replay;
    private final Clock clock;
    private final Map<String, ConsoleJob> jobs = new LinkedHashMap<>();
    private final ExecutorService threads;

    public ConsoleJobs(Settings settings, Clock clock) {
        this.replay = new ReplayJob(settings);
        this.clock = clock;
        var pool = new ThreadPoolExecutor(
                PLANNING_MAX + 1, PLANNING_MAX + 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    var thread = new Thread(work, "console-job");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    /** Begins to plan; empty while others plan. */
    synchronized Optional<ConsoleJob> plan(Order order) {
        if (count(Phase.PLANNING) == PLANNING_MAX) {
            return Optional.empty();
        }
        var job = new ConsoleJob(order, clock.instant());
        keep(job);
        threads.execute(() -> work(job, () -> makePlan(job)));
        return Optional.of(job);
    }

    /** Answers what the job has planned; says why not where it does not. */
    synchronized Optional<String> confirm(ConsoleJob job, Confirmed confirmed) {
        if (job.phase() != Phase.PLANNED) {
            return Optional.of("This job waits for no confirmation.");
        }
        if (count(Phase.RUNNING) > 0) {
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
        threads.execute(() -> work(job, () -> answer(job, request)));
        return Optional.empty();
    }

    synchronized Optional<ConsoleJob> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    synchronized List<ConsoleJob> latestFirst() {
        List<ConsoleJob> all = new ArrayList<>(jobs.values());
        Collections.reverse(all);
        return all;
    }

    private long count(Phase phase) {
        return jobs.values().stream().filter(job -> job.phase() == phase).count();
    }

    private void keep(ConsoleJob job) {
        jobs.put(job.id(), job);
        jobs.values().stream()
                .filter(each -> each.phase() == Phase.ENDED || each.phase() == Phase.PLANNED)
                .filter(each -> jobs.size() > KEPT_MAX)
                .findFirst()
                .ifPresent(oldest -> jobs.remove(oldest.id()));
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    /** Whatever happens, the job ends. */
    private void work(ConsoleJob job, Work work) {
        try {
            work.run();
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            job.failed("The forwarder stopped before it had ended.", clock.instant());
        } catch (KafkaException away) {
            LOG.warn("event=console_job_failed job={}", job.id(), away);
            job.failed("Kafka: " + away.getMessage(), clock.instant());
        } catch (RuntimeException | Error fault) {
            LOG.error("event=console_job_failed job={}", job.id(), fault);
            job.failed(fault.toString(), clock.instant());
        }
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

    /** Cancels what runs, and gives it time to commit what it has begun. */
    @Override
    public void close() {
        latestFirst().forEach(ConsoleJob::cancel);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException hurried) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

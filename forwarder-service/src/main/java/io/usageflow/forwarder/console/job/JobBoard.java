package io.usageflow.forwarder.console.job;

import io.usageflow.forwarder.kafka.KafkaClients;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
import java.util.function.Predicate;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest jobs of one kind in this process, in memory. They run in threads of their own, so that closing a browser
 * ends none. Thread-safe; close it.
 */
public final class JobBoard<J extends JobBoard.Job> implements AutoCloseable {
    /** Idle ones make room, the oldest first. */
    static final int KEPT_MAX = 20;

    /** Longer than a transaction takes. */
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(JobBoard.class);

    private final Clock clock;
    private final Map<String, J> jobs = new LinkedHashMap<>();
    private final ExecutorService threads;

    /** @param atOnce how many run at the same time; others wait for one to end */
    public JobBoard(int atOnce, Clock clock) {
        this.clock = clock;
        var pool = new ThreadPoolExecutor(atOnce, atOnce, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            var thread = new Thread(work, "console-job");
            thread.setDaemon(true);
            return thread;
        });
        pool.allowCoreThreadTimeOut(true);
        this.threads = pool;
    }

    /** What the board has to know of a job. Thread-safe. */
    public interface Job {
        String id();

        /** Whether nothing runs: it may be forgotten. */
        boolean isIdle();

        /** Asks it to end soon. */
        void cancel();

        /** It ended without what it was to do. */
        void failed(String why, Instant now);
    }

    /** A part of a job. */
    public interface Work {
        void run() throws InterruptedException;
    }

    /** Begins another job; empty while as many run as may. */
    public synchronized Optional<J> begin(J job, Predicate<J> counts, int most, Work work) {
        if (count(counts) >= most) {
            return Optional.empty();
        }
        jobs.put(job.id(), job);
        jobs.values().stream()
                .filter(Job::isIdle)
                .filter(each -> jobs.size() > KEPT_MAX)
                .findFirst()
                .ifPresent(oldest -> jobs.remove(oldest.id()));
        run(job, work);
        return Optional.of(job);
    }

    synchronized long count(Predicate<J> counts) {
        return jobs.values().stream().filter(counts).count();
    }

    public synchronized Optional<J> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    public synchronized List<J> latestFirst() {
        List<J> all = new ArrayList<>(jobs.values());
        Collections.reverse(all);
        return all;
    }

    /** Whatever happens, the job ends. */
    void run(J job, Work work) {
        threads.execute(() -> {
            try {
                work.run();
            } catch (InterruptedException hurried) {
                Thread.currentThread().interrupt();
                job.failed("The forwarder stopped before it had ended.", clock.instant());
            } catch (KafkaException away) {
                LOG.warn("event=console_job_failed job={}", job.id(), away);
                job.failed(
                        "Kafka: " + KafkaClients.naming(AclOperation.READ, away).getMessage(), clock.instant());
            } catch (RuntimeException | Error fault) {
                LOG.error("event=console_job_failed job={}", job.id(), fault);
                job.failed(fault.toString(), clock.instant());
            }
        });
    }

    /** Cancels what runs, and gives it time to commit what it has begun. */
    @Override
    public void close() {
        latestFirst().forEach(Job::cancel);
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

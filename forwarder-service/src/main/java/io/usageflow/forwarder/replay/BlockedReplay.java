package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.config.ReplaySettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.deadletter.DeadLetterFilter;
import io.usageflow.forwarder.deadletter.DeadLetterMarks;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterScan;
import io.usageflow.forwarder.deadletter.StoredDeadLetter;
import io.usageflow.forwarder.observe.Stage;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.replay.ReplayJob.ReplayProgress;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays the dead letters of blocked customers from time to time ({@value ReplaySettings#BLOCKED_EVERY}): first one
 * dead letter of each account, and when Credyt has accepted it, the others. The dead letters themselves are the only
 * state. Any number of instances may run it: the job that begins last fences the others, which end their round. A
 * replay that fails makes a new dead letter, so that no instance tries the account again for a while. It replays
 * nothing while the marks show that an operator's job is running. One thread of its own.
 */
public final class BlockedReplay implements Stage {
    private static final Logger LOG = LoggerFactory.getLogger(BlockedReplay.class);
    private static final String WHO = "usageflow";
    private static final Duration CANARY_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration OTHERS_QUIET = Duration.ofMinutes(5);
    private static final DeadLetterFilter BLOCKED =
            DeadLetterFilter.open().reasons(List.of(DeadLetterReason.CUSTOMER_BLOCKED));

    private final Settings settings;
    private final Duration every;
    private final ReplayJob job;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "blocked-replay");
    private volatile String last = "no round yet";
    private volatile boolean died;

    private BlockedReplay(Settings settings, Duration every) {
        this.settings = settings;
        this.every = every;
        this.job = new ReplayJob(settings);
    }

    /** Empty where it is turned off. */
    public static Optional<Stage> of(Settings settings) {
        return settings.replay().blockedEvery().map(every -> new BlockedReplay(settings, every));
    }

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public void start() {
        thread.start();
    }

    /** Ready also while it waits, because no flowing event depends on it. Not ready after it died. */
    @Override
    public StageHealth health() {
        return died ? StageHealth.waiting(last) : StageHealth.flowing(last);
    }

    @Override
    public void close(Duration atMost) {
        stop.countDown();
        Stage.end(thread, atMost);
    }

    private void run() {
        try {
            while (!stop.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    round();
                } catch (InterruptException hurried) {
                    throw hurried;
                } catch (KafkaException away) {
                    LOG.warn("event=blocked_replay_failed again_in_ms={}", every.toMillis(), away);
                    last = "the last round failed: " + away.getMessage();
                }
            }
        } catch (InterruptedException | InterruptException hurried) {
            LOG.info("event=blocked_replay_stopped");
        } catch (RuntimeException fault) {
            LOG.error("event=blocked_replay_died", fault);
            last = "stopped by a fault of the forwarder, see the log: " + fault;
            died = true;
        }
    }

    private void round() throws InterruptedException {
        List<String> due = blocked().due(every, Instant.now());
        long replayed = 0;
        for (String account : due) {
            if (stop.getCount() == 0) {
                break;
            }
            ReplayOutcome outcome = replay(account);
            replayed += outcome.done();
            if (outcome.end() instanceof ReplayOutcome.TakenOver) {
                // The other job continues; fencing it in turn would stop both.
                break;
            }
        }
        last = CountText.of(due.size(), "account", "was", "were") + " due at " + Instant.now() + ", "
                + CountText.of(replayed, "dead letter", "was", "were") + " replayed";
    }

    /** Empty while another job works, which a replay would fence. */
    private BlockedAccounts blocked() {
        var blocked = new BlockedAccounts();
        try (DeadLetterMarks marks = DeadLetterMarks.read(settings)) {
            if (marks.newest()
                    .filter(mark -> isOfARunningJob(mark, Instant.now()))
                    .isPresent()) {
                return blocked;
            }
            new DeadLetterScan(settings).run(BLOCKED, marks, stored -> {
                blocked.add(stored);
                return stop.getCount() > 0;
            });
        }
        return blocked;
    }

    /** A running job marks at least one dead letter in this time, also while it waits for its canary. */
    static boolean isOfARunningJob(DeadLetterMark mark, Instant now) {
        return !mark.getWho().equals(WHO)
                && Duration.between(mark.getMarkedAt(), now).abs().compareTo(OTHERS_QUIET) < 0;
    }

    private ReplayOutcome replay(String account) throws InterruptedException {
        ReplayRequest request = new ReplayRequest(
                BLOCKED.subject(new DeadLetterFilter.Subject(Optional.of(account), Optional.empty())),
                ReplayRequest.Replay.unchanged(),
                false,
                ReplayRequest.Audit.of(WHO, ReplaySettings.BLOCKED_EVERY),
                new ReplayRequest.Limits(
                        ReplayRequest.PER_SECOND, OptionalLong.empty(), new ReplayRequest.Canary(1, CANARY_TIMEOUT)));
        ReplayOutcome outcome = job.run(request, ReplayProgress.SILENT, this::stopsWithin);
        LOG.info(
                "event=blocked_replayed account={} done={} of={} end={}",
                VisibleText.logged(account),
                outcome.done(),
                outcome.toDo(),
                outcome.end());
        return outcome;
    }

    private boolean stopsWithin(Duration atMost) {
        try {
            return stop.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /**
     * Accounts with open dead letters of a blocked customer, and when the newest of each failed. Accounts beyond
     * {@value #ACCOUNTS_MAX} wait for the next round. Not thread-safe.
     */
    static final class BlockedAccounts {
        static final int ACCOUNTS_MAX = 10_000;

        private final Map<String, Instant> newestFailure = new HashMap<>();

        void add(StoredDeadLetter stored) {
            Instant failed = stored.letter().getLastFailedAt();
            stored.account()
                    .filter(account -> newestFailure.size() < ACCOUNTS_MAX || newestFailure.containsKey(account))
                    .ifPresent(account ->
                            newestFailure.merge(account, failed, (one, other) -> one.isAfter(other) ? one : other));
        }

        /** Accounts without a failure for this long, the longest first. A failed replay restarts the time. */
        List<String> due(Duration every, Instant now) {
            return newestFailure.entrySet().stream()
                    .filter(account -> !account.getValue().plus(every).isAfter(now))
                    .sorted(Map.Entry.<String, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }
}

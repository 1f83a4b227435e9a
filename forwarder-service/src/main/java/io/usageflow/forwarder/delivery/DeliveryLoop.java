package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.delivery.commit.CommitScheduler;
import io.usageflow.forwarder.delivery.health.DeliveryStatus;
import io.usageflow.forwarder.delivery.health.FundsHolds;
import io.usageflow.forwarder.delivery.outcome.DeadLetterPolicy;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.Assignments;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls, sends, settles and commits, all on one thread. Only this thread decides which offsets are committed. The
 * transaction's thread and the HTTP client's threads only wake it through {@link PollWakeup}.
 */
final class DeliveryLoop implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoop.class);
    private static final Duration POLL_MAX = Duration.ofMillis(200);
    private static final Duration POLL_BEGINNING = Duration.ofMillis(5);
    private static final Duration POLICY_EVERY = Duration.ofMillis(200);
    private static final Duration SHOW_EVERY = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final RecordIntake intake;
    private final Dispatcher dispatcher;
    private final CommitScheduler commits;
    private final DeadLetterPolicy deadLetterPolicy;
    private final FundsHolds funds;
    private final DeliveryStatus status;
    private final PollWakeup wakeup;
    private final DeliveryClock clock;

    private final Assignments assignments = new Assignments();
    private long showDueNanos;
    private long policyDueNanos;
    private boolean finishing;
    private boolean abandoned;

    DeliveryLoop(
            Consumer<byte[], byte[]> consumer,
            RecordIntake intake,
            Dispatcher dispatcher,
            CommitScheduler commits,
            DeadLetterPolicy deadLetterPolicy,
            FundsHolds funds,
            DeliveryStatus status,
            PollWakeup wakeup,
            DeliveryClock clock) {
        this.consumer = consumer;
        this.intake = intake;
        this.dispatcher = dispatcher;
        this.commits = commits;
        this.deadLetterPolicy = deadLetterPolicy;
        this.funds = funds;
        this.status = status;
        this.wakeup = wakeup;
        this.clock = clock;
        this.showDueNanos = clock.nanos();
        this.policyDueNanos = clock.nanos();
    }

    /** Delivers until {@code stopping}. After any exception, the next loop reads what is not committed again. */
    void run(String topic, BooleanSupplier stopping) {
        consumer.subscribe(List.of(topic), this);
        while (!stopping.getAsBoolean()) {
            ConsumerRecords<byte[], byte[]> records = poll();
            intake.handOver(records, assignments);
            dispatcher.handleAnswers();
            dispatcher.send();
            applyDeadLetterPolicy();
            commits.applyEnded();
            if (clock.nanos() - commits.dueNanos() >= 0) {
                commits.begin(assignments.all());
            }
            intake.balance(assignments.all());
            show();
        }
    }

    /** Waits for requests in flight within the bound, and commits what is settled. */
    void finish(Duration atMost) {
        finishing = true;
        drain(assignments.all(), atMost);
        commits.commitAll(assignments.all());
    }

    /** Ends a broken loop: nothing more is settled, not even when the consumer leaves its partitions. */
    void abandon() {
        abandoned = true;
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        wakeup.arm();
        try {
            boolean news = dispatcher.hasAnswers() || commits.hasEnded();
            return consumer.poll(news ? Duration.ZERO : untilSomethingIsDue());
        } catch (WakeupException answered) {
            return ConsumerRecords.empty();
        } catch (OffsetOutOfRangeException gone) {
            handleOutOfRange(gone.offsetOutOfRangePartitions());
            return ConsumerRecords.empty();
        } finally {
            wakeup.disarm();
        }
    }

    /** Handles positions for which Kafka has no record. */
    private void handleOutOfRange(Map<TopicPartition, Long> positions) {
        // The counters of a transaction under way would replace those counted now.
        commits.await();
        Set<TopicPartition> cut = intake.outOfRange(positions, assignments);
        if (!cut.isEmpty()) {
            drop(cut);
            intake.cut(cut);
            onPartitionsAssigned(cut);
        }
    }

    private Duration untilSomethingIsDue() {
        long now = clock.nanos();
        long wait = POLL_MAX.toNanos();
        OptionalLong due = dispatcher.nextDueNanos();
        if (due.isPresent()) {
            wait = Math.min(wait, due.getAsLong() - now);
        }
        if (commits.hasAny(assignments.all())) {
            wait = Math.min(wait, commits.dueNanos() - now);
        }
        if (intake.beginning()) {
            wait = Math.min(wait, POLL_BEGINNING.toNanos());
        }
        // Rounded up to a whole millisecond, the resolution of poll; rounding down would spin.
        return Duration.ofMillis(Math.max(0, (wait + 999_999) / 1_000_000));
    }

    private void applyDeadLetterPolicy() {
        long now = clock.nanos();
        if (now - policyDueNanos >= 0) {
            policyDueNanos = now + POLICY_EVERY.toNanos();
            deadLetterPolicy.giveUpOverdue();
            deadLetterPolicy.forgetIdle();
            assignments.all().stream().filter(intake::isHeldUp).forEach(deadLetterPolicy::unblock);
            assignments.all().stream().filter(intake::isFull).forEach(deadLetterPolicy::makeRoom);
            funds.update();
        }
    }

    private void show() {
        long now = clock.nanos();
        if (now - showDueNanos >= 0) {
            showDueNanos = now + SHOW_EVERY.toNanos();
            long lag = 0;
            for (AssignedPartition partition : assignments.all()) {
                lag += consumer.currentLag(partition.partition()).orElse(0);
            }
            status.show(assignments.all(), dispatcher.inFlight(), lag, intake.whyUnreadable(), intake.beginning());
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        LOG.info("event=assigned partitions={}", partitions);
        partitions.forEach(assignments::begin);
        intake.assigned(partitions);
        status.joined();
    }

    /** Waits for requests in flight and commits what is settled; the next owner sends the rest. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        LOG.info("event=revoked partitions={}", partitions);
        List<AssignedPartition> leaving = assignments.current(partitions);
        try {
            if (!leaving.isEmpty() && !abandoned) {
                drain(leaving, finishing ? Duration.ZERO : commits.revokeTimeout());
                commits.commitAll(assignments.all());
            }
        } finally {
            drop(partitions);
        }
    }

    /**
     * Another instance may own these partitions already, so nothing more may be committed. A transaction under way may
     * still commit, or Kafka refuses its old generation; it ends before this instance starts with these partitions
     * again.
     */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        LOG.warn("event=lost partitions={}", partitions);
        try {
            if (!abandoned) {
                commits.await();
            }
        } finally {
            drop(partitions);
        }
    }

    private void drop(Collection<TopicPartition> partitions) {
        assignments.end(partitions);
        intake.revoked(partitions);
        dispatcher.dropRevoked(partitions);
    }

    /** Waits until no request in flight carries an event of these partitions. */
    private void drain(Collection<AssignedPartition> leaving, Duration atMost) {
        long deadline = clock.nanos() + atMost.toNanos();
        dispatcher.keepOnlyGaps(leaving);
        try {
            while (true) {
                long left = deadline - clock.nanos();
                if (left > 0) {
                    dispatcher.send();
                }
                if (leaving.stream().noneMatch(dispatcher::carries)) {
                    return;
                }
                if (left <= 0) {
                    LOG.warn("event=requests_left_behind partitions={} inFlight={}", leaving, dispatcher.inFlight());
                    return;
                }
                dispatcher.awaitAnswer(Duration.ofNanos(left));
            }
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        }
    }

    /**
     * Wakes the loop from its poll when an answer comes: at most once for each poll and only while it waits, since a
     * wake-up costs an exception and a late one would hit the consumer's next call. Thread-safe.
     */
    static final class PollWakeup {
        private final AtomicBoolean listening = new AtomicBoolean();
        private final Runnable consumerWakeup;

        /** Takes {@code Consumer::wakeup}, which any thread may call. */
        PollWakeup(Runnable consumerWakeup) {
            this.consumerWakeup = consumerWakeup;
        }

        /** Called before a poll. Check for answers after this call, or one may be missed until the poll ends. */
        void arm() {
            listening.set(true);
        }

        void disarm() {
            listening.set(false);
        }

        void wakeUp() {
            if (listening.compareAndSet(true, false)) {
                consumerWakeup.run();
            }
        }
    }
}

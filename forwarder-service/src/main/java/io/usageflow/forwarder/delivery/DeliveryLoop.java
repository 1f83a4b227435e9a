package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.delivery.commit.CommitScheduler;
import io.usageflow.forwarder.delivery.health.DeliveryStatus;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.Assignments;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
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
 * Poll, hand over, settle, commit. One thread does all of it, and is the only one that says which offsets are written; the
 * transaction's thread, which writes them, and the HTTP client's only ring {@link PollWakeup}.
 */
final class DeliveryLoop implements ConsumerRebalanceListener {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryLoop.class);
    private static final Duration POLL_MAX = Duration.ofMillis(200);
    private static final Duration POLL_BEGINNING = Duration.ofMillis(5);
    private static final Duration ASIDE_EVERY = Duration.ofMillis(200);
    private static final Duration SHOW_EVERY = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final RecordIntake intake;
    private final Dispatcher dispatcher;
    private final CommitScheduler commits;
    private final DeadLetterPolicy deadLetterPolicy;
    private final DeliveryStatus status;
    private final PollWakeup wakeup;
    private final DeliveryClock clock;

    private final Assignments assignments = new Assignments();
    private long showDueNanos;
    private long asideDueNanos;
    private boolean finishing;
    private boolean abandoned;

    DeliveryLoop(
            Consumer<byte[], byte[]> consumer,
            RecordIntake intake,
            Dispatcher dispatcher,
            CommitScheduler commits,
            DeadLetterPolicy deadLetterPolicy,
            DeliveryStatus status,
            PollWakeup wakeup,
            DeliveryClock clock) {
        this.consumer = consumer;
        this.intake = intake;
        this.dispatcher = dispatcher;
        this.commits = commits;
        this.deadLetterPolicy = deadLetterPolicy;
        this.status = status;
        this.wakeup = wakeup;
        this.clock = clock;
        this.showDueNanos = clock.nanos();
        this.asideDueNanos = clock.nanos();
    }

    /** Delivers until {@code stopping}. Whatever it throws, the next loop reads again what is not committed. */
    void run(String topic, BooleanSupplier stopping) {
        consumer.subscribe(List.of(topic), this);
        while (!stopping.getAsBoolean()) {
            ConsumerRecords<byte[], byte[]> records = poll();
            intake.handOver(records, assignments);
            dispatcher.followAnswers();
            dispatcher.send();
            letStepAside();
            commits.follow();
            if (clock.nanos() - commits.dueNanos() >= 0) {
                commits.begin(assignments.all());
            }
            intake.balance(assignments.all());
            show();
        }
    }

    /** Lets requests in flight finish within the bound, and commits what is settled. */
    void finish(Duration atMost) {
        finishing = true;
        letGo(assignments.all(), atMost);
        commits.commitAll(assignments.all());
    }

    /** The loop broke: nothing more is settled, also not when the consumer says goodbye to its partitions. */
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
            beginAgain(gone.offsetOutOfRangePartitions());
            return ConsumerRecords.empty();
        } finally {
            wakeup.disarm();
        }
    }

    /** Kafka has no record where these partitions are read. */
    private void beginAgain(Map<TopicPartition, Long> positions) {
        // What is under way has counters that would replace those counted now.
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
        // Up to the next whole millisecond, since that is what poll can wait for: less would spin.
        return Duration.ofMillis(Math.max(0, (wait + 999_999) / 1_000_000));
    }

    private void letStepAside() {
        long now = clock.nanos();
        if (now - asideDueNanos >= 0) {
            asideDueNanos = now + ASIDE_EVERY.toNanos();
            deadLetterPolicy.overdue();
            deadLetterPolicy.forgetIdle();
            assignments.all().stream().filter(intake::isHeldUp).forEach(deadLetterPolicy::unblock);
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

    /** Requests in flight may finish, what is settled is committed, the rest is for the next owner. */
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        LOG.info("event=revoked partitions={}", partitions);
        List<AssignedPartition> leaving = assignments.current(partitions);
        try {
            if (!leaving.isEmpty() && !abandoned) {
                letGo(leaving, finishing ? Duration.ZERO : commits.revokeTimeout());
                commits.commitAll(assignments.all());
            }
        } finally {
            drop(partitions);
        }
    }

    /**
     * Another instance may have them already: nothing more may be committed. What is under way may still be, or is refused for
     * its old generation; either way it ends before this instance starts with these partitions again.
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

    /** Until no request in flight carries anything of them, and nothing more of them can be sent now. */
    private void letGo(Collection<AssignedPartition> leaving, Duration atMost) {
        long deadline = clock.nanos() + atMost.toNanos();
        dispatcher.onlyCloseGaps(leaving);
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
}

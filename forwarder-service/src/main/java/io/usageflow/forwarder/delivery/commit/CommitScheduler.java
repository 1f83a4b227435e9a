package io.usageflow.forwarder.delivery.commit;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.config.DeliverySettings.Settling;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction.LostProducerException;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction.PartitionCommit;
import io.usageflow.forwarder.delivery.commit.OutcomeTransaction.TransactionResult;
import io.usageflow.forwarder.delivery.health.DeliveryStatus;
import io.usageflow.forwarder.delivery.health.FailureBudgets;
import io.usageflow.forwarder.delivery.health.FailureBudgets.BudgetChange;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Decides when settled records are committed, on the loop's thread; {@link OutcomeTransaction}'s thread writes them.
 *
 * <p>At most one transaction is pending. Until it returns, its records stay in the partitions' ledgers and counters.
 * Its result is applied here, on the loop's thread, so the loop sees the whole result or nothing. Before partitions are
 * given up, the loop waits for it.
 */
public final class CommitScheduler {
    /** At this rate of events, receipts do not wait longer than {@link #WHILE_MANY}, since they take memory. */
    private static final int MANY_PER_SECOND = 2_000;

    private static final Duration WHILE_MANY = Duration.ofMillis(500);

    private static final Duration AFTER_ABORT = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final OutcomeTransaction transaction;
    private final FailureBudgets customers;
    private final Settling settings;
    private final DeliveryStatus status;
    private final Runnable wakeUp;
    private final DeliveryClock clock;

    private long dueNanos;
    private long committedNanos;
    private @Nullable PendingTransaction pending;

    /** A transaction that is not yet applied. */
    private record PendingTransaction(
            List<PartitionCommit> commits, List<BudgetChange> changes, CompletableFuture<TransactionResult> end) {
        int events() {
            return commits.stream()
                    .mapToInt(commit -> commit.run().outcomes().size())
                    .sum();
        }
    }

    /** Creates the scheduler; another thread calls {@code wakeUp} when a transaction has ended. */
    public CommitScheduler(
            Consumer<byte[], byte[]> consumer,
            OutcomeTransaction transaction,
            FailureBudgets customers,
            Settling settings,
            DeliveryStatus status,
            Runnable wakeUp,
            DeliveryClock clock) {
        this.consumer = consumer;
        this.transaction = transaction;
        this.customers = customers;
        this.settings = settings;
        this.status = status;
        this.wakeUp = wakeUp;
        this.clock = clock;
        this.dueNanos = clock.nanos();
        this.committedNanos = dueNanos;
    }

    /** When the next transaction is due, if there is anything to commit. */
    public long dueNanos() {
        return dueNanos;
    }

    /** Whether a transaction can be begun when it is due. */
    public boolean hasAny(Collection<AssignedPartition> partitions) {
        return pending == null
                && (customers.hasChanges()
                        || partitions.stream()
                                .anyMatch(partition -> partition.ledger().hasProgress()));
    }

    /** Whether {@link #applyEnded} has something to do. */
    public boolean hasEnded() {
        return pending != null && pending.end().isDone();
    }

    public Duration revokeTimeout() {
        return settings.revokeTimeout();
    }

    /**
     * Applies the pending transaction if it has ended. Does not wait.
     *
     * @throws LostProducerException if the producer is unusable
     */
    public void applyEnded() {
        if (pending != null && pending.end().isDone()) {
            apply(pending);
        }
    }

    /** Begins one transaction for all partitions with something to commit, unless one is pending. */
    public void begin(Collection<AssignedPartition> partitions) {
        if (pending != null) {
            return;
        }
        dueNanos = clock.nanos() + settings.interval().toNanos();
        List<AssignedPartition> progressed = partitions.stream()
                .filter(partition -> partition.ledger().hasProgress())
                .filter(AssignedPartition::current)
                .toList();
        if (progressed.isEmpty() && !customers.hasChanges()) {
            return;
        }
        List<PartitionCommit> commits = progressed.stream()
                .map(partition -> PartitionCommit.of(partition, settings.recordsMax()))
                .toList();
        List<BudgetChange> changes = customers.takeChanges(clock.nanos());
        CompletableFuture<TransactionResult> end = transaction.begin(commits, changes, consumer.groupMetadata());
        pending = new PendingTransaction(commits, changes, end);
        var unused = end.whenComplete((ended, lost) -> wakeUp.run());
    }

    /** Waits for the pending transaction, if any, and applies it. */
    public void await() {
        if (pending != null) {
            apply(pending);
        }
    }

    /** Commits all that can be committed, and waits for it. Called before partitions leave. */
    public void commitAll(Collection<AssignedPartition> partitions) {
        await();
        boolean more = true;
        while (more) {
            begin(partitions);
            PendingTransaction begun = pending;
            more = begun != null && apply(begun) && (isCut(begun) || customers.hasChanges());
        }
    }

    /** Waits for a transaction and applies it. Returns whether it was committed. */
    private boolean apply(PendingTransaction ending) {
        TransactionResult ended = await(ending.end());
        pending = null;
        long now = clock.nanos();
        status.transactionEnded(ended.committed(), ending.events(), ended.took());
        if (!ended.committed()) {
            customers.notWritten(ending.changes());
            dueNanos = now + AFTER_ABORT.toNanos();
            return false;
        }
        ending.commits().forEach(PartitionCommit::committed);
        dueNanos = isCut(ending) ? now : now + pace(ending.events(), now).toNanos();
        committedNanos = now;
        return true;
    }

    private static TransactionResult await(CompletableFuture<TransactionResult> end) {
        try {
            return end.get();
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error fault) {
                throw fault;
            }
            throw failed.getCause() instanceof RuntimeException lost
                    ? lost
                    : new IllegalStateException("a transaction failed", failed.getCause());
        }
    }

    /** Whether a partition has more to commit than fits into one transaction. */
    private boolean isCut(PendingTransaction ended) {
        return ended.commits().stream()
                .anyMatch(commit -> commit.run().outcomes().size() == settings.recordsMax());
    }

    private Duration pace(int events, long nowNanos) {
        double seconds = (nowNanos - committedNanos) / 1e9;
        boolean many = events >= MANY_PER_SECOND * seconds;
        return many && settings.interval().compareTo(WHILE_MANY) > 0 ? WHILE_MANY : settings.interval();
    }
}

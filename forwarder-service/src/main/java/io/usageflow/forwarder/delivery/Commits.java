package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.DeliverySettings.Settling;
import io.usageflow.forwarder.delivery.FailingCustomers.Change;
import io.usageflow.forwarder.delivery.Settlement.Ended;
import io.usageflow.forwarder.delivery.Settlement.Step;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * When what is settled is committed. One thread, the only one that says what is
 * committed; {@link Settlement}'s thread writes it.
 *
 * <p>At most one transaction is under way. Until it returned, what it takes along stays where it is: in the partitions'
 * ledgers and counters, behind which more may settle meanwhile. Its end is applied here, in the loop's thread, so the loop
 * sees all of it or nothing. Whoever is about to give partitions up waits for it first.
 */
final class Commits {
    /** From so many events a second on, transactions are as far apart as they may be. */
    private static final int MANY_PER_SECOND = 2_000;

    private static final Duration AFTER_ABORT = Duration.ofSeconds(1);

    private final Consumer<byte[], byte[]> consumer;
    private final Settlement settlement;
    private final FailingCustomers customers;
    private final Settling settings;
    private final LoopView view;

    private long dueNanos;
    private long committedNanos;
    private @Nullable UnderWay underWay;

    /** What was handed over, to be applied when it is committed. */
    private record UnderWay(List<Step> steps, List<Change> changes, CompletableFuture<Ended> end) {
        int events() {
            return steps.stream().mapToInt(step -> step.run().outcomes().size()).sum();
        }
    }

    Commits(
            Consumer<byte[], byte[]> consumer,
            Settlement settlement,
            FailingCustomers customers,
            Settling settings,
            LoopView view) {
        this.consumer = consumer;
        this.settlement = settlement;
        this.customers = customers;
        this.settings = settings;
        this.view = view;
        this.dueNanos = view.nanos();
        this.committedNanos = dueNanos;
    }

    /** When the next transaction is due, should there be anything to commit. */
    long dueNanos() {
        return dueNanos;
    }

    /** Whether a transaction can be begun when it is due. */
    boolean hasAny(Collection<AssignedPartition> partitions) {
        return underWay == null
                && (customers.hasChanges()
                        || partitions.stream()
                                .anyMatch(partition -> partition.ledger().hasProgress()));
    }

    /** Whether {@link #follow} has something to do. */
    boolean hasEnded() {
        return underWay != null && underWay.end().isDone();
    }

    Duration revokeTimeout() {
        return settings.revokeTimeout();
    }

    /**
     * Applies the transaction that has ended, if one has. Does not wait.
     *
     * @throws LostProducerException where the producer cannot go on
     */
    void follow() {
        if (underWay != null && underWay.end().isDone()) {
            apply(underWay);
        }
    }

    /** Begins one transaction for all partitions that have anything to commit, unless one is under way. */
    void begin(Collection<AssignedPartition> partitions) {
        if (underWay != null) {
            return;
        }
        dueNanos = view.nanos() + settings.interval().toNanos();
        List<AssignedPartition> progressed = partitions.stream()
                .filter(partition -> partition.ledger().hasProgress())
                .filter(AssignedPartition::current)
                .toList();
        if (progressed.isEmpty() && !customers.hasChanges()) {
            return;
        }
        List<Step> steps = progressed.stream()
                .map(partition -> Step.of(partition, settings.recordsMax()))
                .toList();
        List<Change> changes = customers.takeChanges(view.nanos());
        CompletableFuture<Ended> end = settlement.begin(steps, changes, consumer.groupMetadata());
        underWay = new UnderWay(steps, changes, end);
        end.whenComplete((ended, lost) -> view.bell().ring());
    }

    /** Waits for the transaction under way, if one is, and applies it. */
    void await() {
        if (underWay != null) {
            apply(underWay);
        }
    }

    /** Commits all that can be committed, and waits until it is: before partitions leave. */
    void commitAll(Collection<AssignedPartition> partitions) {
        await();
        boolean more = true;
        while (more) {
            begin(partitions);
            UnderWay begun = underWay;
            more = begun != null && apply(begun) && (isCut(begun) || customers.hasChanges());
        }
    }

    /** @return whether it was committed; waits for it */
    private boolean apply(UnderWay ending) {
        Ended ended = await(ending.end());
        underWay = null;
        long now = view.nanos();
        view.settled(ended, ending.events());
        if (!ended.committed()) {
            customers.notWritten(ending.changes());
            dueNanos = now + AFTER_ABORT.toNanos();
            return false;
        }
        ending.steps().forEach(Step::committed);
        dueNanos = isCut(ending) ? now : now + pace(ending.events(), now).toNanos();
        committedNanos = now;
        return true;
    }

    private static Ended await(CompletableFuture<Ended> end) {
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
                    : new IllegalStateException("a settlement failed", failed.getCause());
        }
    }

    /** Whether more could be committed of a partition than one transaction takes. */
    private boolean isCut(UnderWay ended) {
        return ended.steps().stream().anyMatch(step -> step.run().outcomes().size() == settings.recordsMax());
    }

    private Duration pace(int events, long nowNanos) {
        double seconds = (nowNanos - committedNanos) / 1e9;
        return events >= MANY_PER_SECOND * seconds ? settings.intervalMax() : settings.interval();
    }
}

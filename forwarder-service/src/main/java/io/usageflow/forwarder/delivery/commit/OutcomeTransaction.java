package io.usageflow.forwarder.delivery.commit;

import io.usageflow.forwarder.clock.DeliveryClock;
import io.usageflow.forwarder.delivery.health.FailureBudgets;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.partition.CommittedCounters;
import io.usageflow.forwarder.delivery.partition.OffsetLedger;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import io.usageflow.forwarder.kafka.recovery.RecoveringProducer.EndNotSeenException;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes receipts, dead letters, counters and offsets in one Kafka transaction, on its own thread, so that the loop can
 * read and send meanwhile. One transaction at a time; called by the loop's thread.
 *
 * <p>A transaction's content is immutable and fixed when it begins. {@link CommitScheduler} applies the result on the
 * loop's thread, so an aborted transaction is simply built again. The offsets carry the group's generation of that
 * moment, so an instance that has lost a partition cannot commit for it.
 */
public final class OutcomeTransaction implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OutcomeTransaction.class);
    private static final int COMMIT_TRIES = 3;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final Producer<byte[], byte[]> producer;
    private final OutcomeRecords records;
    private final DeliveryClock clock;
    private final Duration openMax;
    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(work -> new Thread(work, "delivery-settlement"));
    private @Nullable CompletableFuture<TransactionResult> last;
    /** Used by the settlement thread only. */
    private long openedNanos;

    /**
     * A partition's share of a transaction.
     *
     * @param after the counters with the run's outcomes counted
     */
    record PartitionCommit(AssignedPartition partition, OffsetLedger.Run<SettledRecord> run, CommittedCounters after) {
        static PartitionCommit of(AssignedPartition partition, int recordsMax) {
            OffsetLedger.Run<SettledRecord> run = partition.ledger().committable(recordsMax);
            return new PartitionCommit(
                    partition,
                    run,
                    partition
                            .counters()
                            .plus(run.outcomes().stream()
                                    .map(SettledRecord::result)
                                    .toList()));
        }

        /** Called after the commit: removes the outcomes and applies the counters. */
        void committed() {
            partition.committed(run, after);
        }
    }

    /**
     * The end of a transaction.
     *
     * @param committed if false, nothing has changed and the same may be tried again
     */
    record TransactionResult(boolean committed, Duration took) {}

    /** The immutable content of a transaction. */
    private record TransactionContent(
            List<OffsetLedger.Run<SettledRecord>> runs,
            List<ProducerRecord<byte[], byte[]>> besides,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group) {}

    /**
     * Takes over the producer; {@code openMax} is its {@code transaction.timeout.ms}, after which the broker aborts.
     */
    public OutcomeTransaction(
            Producer<byte[], byte[]> producer, OutcomeRecords records, DeliveryClock clock, Duration openMax) {
        this.producer = producer;
        this.records = records;
        this.clock = clock;
        this.openMax = openMax;
    }

    /** Ends an open transaction of an earlier process with the same id, and fences that process. */
    public void start() {
        producer.initTransactions();
    }

    /**
     * Begins a transaction. Its future fails with {@link LostProducerException} if this producer is unusable. Then only
     * the group's offsets, read after a new producer has taken over, show whether the transaction was committed.
     *
     * @param customers changes of failing customers' states
     * @throws IllegalStateException while another transaction is pending
     */
    CompletableFuture<TransactionResult> begin(
            List<PartitionCommit> commits, List<FailureBudgets.BudgetChange> customers, ConsumerGroupMetadata group) {
        if (last != null && !last.isDone()) {
            throw new IllegalStateException("a transaction is pending: its outcomes would be written twice");
        }
        List<ProducerRecord<byte[], byte[]>> besides = new ArrayList<>();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (PartitionCommit commit : commits) {
            TopicPartition partition = commit.partition().partition();
            if (!commit.run().outcomes().isEmpty() || commit.partition().hasCounted()) {
                besides.add(records.ledgerEntry(
                        partition, commit.after(), commit.run().offset(), clock.now()));
            }
            offsets.put(
                    partition,
                    new OffsetAndMetadata(commit.run().offset(), commit.after().format()));
        }
        customers.forEach(change -> besides.addAll(records.customerStates(change, clock.now())));
        var content = new TransactionContent(
                commits.stream().map(PartitionCommit::run).toList(), besides, offsets, group);
        var begun = CompletableFuture.supplyAsync(() -> write(content), thread);
        last = begun;
        return begun;
    }

    private TransactionResult write(TransactionContent content) {
        long begun = clock.nanos();
        boolean committed = transact(content);
        return new TransactionResult(committed, Duration.ofNanos(clock.nanos() - begun));
    }

    private boolean transact(TransactionContent content) {
        try {
            openedNanos = clock.nanos();
            producer.beginTransaction();
            List<Future<RecordMetadata>> sends = new ArrayList<>();
            content.runs().forEach(run -> run.outcomes()
                    .forEach(outcome -> sends.add(producer.send(records.toRecord(outcome)))));
            content.besides().forEach(record -> sends.add(producer.send(record)));
            producer.sendOffsetsToTransaction(content.offsets(), content.group());
            commit();
            // commitTransaction fails if a send failed; the futures are checked too, to be certain.
            for (Future<RecordMetadata> send : sends) {
                send.get();
            }
            return true;
        } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
            throw fenced(fenced);
        } catch (InterruptException stopped) {
            throw stopped;
        } catch (EndNotSeenException committed) {
            throw new LostProducerException(
                    "a transaction was committed, but its end was not confirmed", false, committed);
        } catch (KafkaException failed) {
            abort(failed);
            return false;
        } catch (IllegalStateException | ExecutionException broken) {
            throw new LostProducerException("the producer is unusable", false, broken);
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        }
    }

    /** Commits, with retries after a timeout. Kafka allows no abort then, since the commit may have happened. */
    private void commit() {
        for (int tries = 1; ; tries++) {
            try {
                producer.commitTransaction();
                return;
            } catch (TimeoutException slow) {
                if (tries == COMMIT_TRIES) {
                    throw new LostProducerException("the commit of a transaction timed out", false, slow);
                }
            }
        }
    }

    private void abort(KafkaException cause) {
        LOG.warn("event=settlement_aborted why={}", VisibleText.logged(cause));
        try {
            producer.abortTransaction();
        } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
            LOG.warn("event=abort_fenced why={}", VisibleText.logged(fenced));
            throw fenced(cause);
        } catch (KafkaException | IllegalStateException alsoFailed) {
            // Logged instead of suppressed, because Kafka throws one shared object for all failures of a kind.
            LOG.warn("event=abort_failed why={}", VisibleText.logged(alsoFailed));
            throw new LostProducerException("a transaction could be neither committed nor aborted", false, cause);
        }
    }

    /**
     * Tells a timeout from another process: a returning broker also fences the producer of a transaction that was open
     * too long.
     */
    private LostProducerException fenced(KafkaException cause) {
        boolean timedOut = clock.nanos() - openedNanos >= openMax.toNanos();
        return new LostProducerException(
                timedOut
                        ? "the transaction was open for longer than transaction.timeout.ms"
                        : "another process uses this transactional id",
                !timedOut,
                cause);
    }

    /** Waits briefly for a pending transaction; the next session reads its result from the group's offsets. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            thread.awaitTermination(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } finally {
            thread.shutdownNow();
            producer.close(CLOSE_WITHIN);
        }
    }

    /** The transactional producer is unusable. A new one takes over its uncertain transaction. */
    public static final class LostProducerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final boolean fenced;

        /** {@code fenced} tells whether another process has taken the transactional id. */
        public LostProducerException(String what, boolean fenced, Throwable cause) {
            super(what + ": " + cause.getMessage(), cause);
            this.fenced = fenced;
        }

        public boolean fenced() {
            return fenced;
        }
    }
}

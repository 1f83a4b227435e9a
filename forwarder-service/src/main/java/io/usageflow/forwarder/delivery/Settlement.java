package io.usageflow.forwarder.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receipts, dead letters, counters and offsets in one Kafka transaction. One thread.
 *
 * <p>Nothing in memory changes before the transaction returned, so an aborted one is simply built again. The offsets
 * carry the group's generation, so an instance that lost a partition without knowing cannot commit for it.
 */
final class Settlement implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);
    private static final int COMMIT_TRIES = 3;
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final Producer<byte[], byte[]> producer;
    private final SettlementRecords records;
    private final DeliveryMeters meters;
    private final DeliveryClock clock;
    private final Duration openMax;
    private long openedNanos;

    /**
     * A partition's share of a transaction.
     *
     * @param after the counters with the run's outcomes counted
     */
    record Step(AssignedPartition partition, OffsetLedger.Run<Settled> run, CommittedCounters after) {
        static Step of(AssignedPartition partition, int recordsMax) {
            OffsetLedger.Run<Settled> run = partition.ledger().committable(recordsMax);
            return new Step(
                    partition,
                    run,
                    partition
                            .counters()
                            .plus(run.outcomes().stream().map(Settled::verdict).toList()));
        }
    }

    /** @param openMax the producer's {@code transaction.timeout.ms}: what is open for longer, the broker aborts */
    Settlement(
            Producer<byte[], byte[]> producer,
            SettlementRecords records,
            DeliveryMeters meters,
            DeliveryClock clock,
            Duration openMax) {
        this.producer = producer;
        this.records = records;
        this.meters = meters;
        this.clock = clock;
        this.openMax = openMax;
    }

    /** @param takeover ends what an earlier process of the same id left open, and keeps that process from writing */
    void start(Consumer<Producer<byte[], byte[]>> takeover) {
        takeover.accept(producer);
    }

    /**
     * @param customers what is to be remembered of failing customers; no step is needed for it
     * @return whether it is committed; where not, nothing has changed and the same may be tried again
     * @throws LostProducerException where this producer cannot go on: whether the transaction was committed is to be read
     *     from the group's offsets, after a new producer took over
     */
    boolean commit(List<Step> steps, List<FailingCustomers.Change> customers, ConsumerGroupMetadata group) {
        long begun = clock.nanos();
        List<ProducerRecord<byte[], byte[]>> out = new ArrayList<>();
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        int settled = 0;
        for (Step step : steps) {
            step.run().outcomes().forEach(outcome -> out.add(records.toRecord(outcome)));
            settled += step.run().outcomes().size();
            TopicPartition partition = step.partition().partition();
            if (!step.run().outcomes().isEmpty()) {
                out.add(records.ledgerEntry(partition, step.after(), clock.now()));
            }
            offsets.put(
                    partition,
                    new OffsetAndMetadata(step.run().offset(), step.after().format()));
        }
        customers.forEach(change -> out.add(records.customerState(change, clock.now())));
        boolean committed = transact(out, offsets, group);
        if (committed) {
            steps.forEach(step -> step.partition().committed(step.run(), step.after()));
        }
        meters.settlement(committed, settled, Duration.ofNanos(clock.nanos() - begun));
        return committed;
    }

    private boolean transact(
            List<ProducerRecord<byte[], byte[]>> out,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            ConsumerGroupMetadata group) {
        try {
            openedNanos = clock.nanos();
            producer.beginTransaction();
            List<Future<RecordMetadata>> sends = new ArrayList<>(out.size());
            out.forEach(record -> sends.add(producer.send(record)));
            producer.sendOffsetsToTransaction(offsets, group);
            commit();
            // commitTransaction fails where a send failed; the futures are asked all the same, since this is the proof.
            for (Future<RecordMetadata> send : sends) {
                send.get();
            }
            return true;
        } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
            throw fenced(fenced);
        } catch (InterruptException stopped) {
            throw stopped;
        } catch (KafkaException failed) {
            abort(failed);
            return false;
        } catch (IllegalStateException | ExecutionException broken) {
            throw new LostProducerException("the producer is in no state to go on", false, broken);
        } catch (InterruptedException stopped) {
            throw new InterruptException(stopped);
        }
    }

    /** After a time-out a commit may only be tried again: an abort is not allowed, since the commit may have happened. */
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
        LOG.warn("event=settlement_aborted why=\"{}\"", cause.toString());
        try {
            producer.abortTransaction();
        } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
            cause.addSuppressed(fenced);
            throw fenced(cause);
        } catch (KafkaException | IllegalStateException alsoFailed) {
            cause.addSuppressed(alsoFailed);
            throw new LostProducerException("a transaction can be neither committed nor aborted", false, cause);
        }
    }

    /** A broker that was away comes back, aborts what was open for too long, and fences its producer as another process would. */
    private LostProducerException fenced(KafkaException cause) {
        boolean timedOut = clock.nanos() - openedNanos >= openMax.toNanos();
        return new LostProducerException(
                timedOut
                        ? "the transaction was open for longer than transaction.timeout.ms"
                        : "another process uses this transactional id",
                !timedOut,
                cause);
    }

    @Override
    public void close() {
        producer.close(CLOSE_WITHIN);
    }
}

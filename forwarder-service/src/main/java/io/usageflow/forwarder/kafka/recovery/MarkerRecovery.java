package io.usageflow.forwarder.kafka.recovery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.usageflow.forwarder.observe.meter.ProcessMeters;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what Kafka left open of one transactional id, for its {@link RecoveringProducer}; outlives producers, since it
 * remembers what it could not finish. Used by one thread at a time, but for {@link #wrote}, {@link #wroteOffsets} and
 * {@link #risk}. Close it.
 *
 * <p>A coordinator that ends a transaction while a partition of it has no leader takes the partition for deleted, leaves
 * its marker out and calls the transaction complete (Kafka 4.3.1, {@code TransactionMarkerChannelManager}; seen whenever
 * a single broker was killed in mid-transaction). What was written there then shares the fate of the id's next
 * transaction, whatever its own was; and if it is the group's offsets, these can no longer be read. Here such a
 * partition gets the marker that it lacks. docs/decisions/0007 has the proof that it is enough to look after what {@link
 * TransactionEnd} names.
 */
public final class MarkerRecovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MarkerRecovery.class);
    private static final Duration END_WITHIN = Duration.ofSeconds(30);
    private static final Duration ASK_AGAIN_AFTER = Duration.ofMillis(5);
    private static final Set<TransactionState> ENDING = EnumSet.of(
            TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT, TransactionState.PREPARE_EPOCH_FENCE);
    private static final Set<TransactionState> COMPLETE =
            EnumSet.of(TransactionState.COMPLETE_COMMIT, TransactionState.COMPLETE_ABORT);
    private static final Set<TransactionState> COMMITTED =
            EnumSet.of(TransactionState.PREPARE_COMMIT, TransactionState.COMPLETE_COMMIT);

    private final String transactionalId;
    private final String group;
    /** Takes an offset without a reader: the group consumes other topics. */
    private final Optional<TopicPartition> spare;

    private final OpenTransactions transactions;
    private final boolean enabled;
    private final Counter markers;
    private final Counter ownTransactions;
    private final Counter held;
    private final Set<TopicPartition> written = ConcurrentHashMap.newKeySet();
    private volatile boolean offsetsWritten;
    private volatile long firstWriteNanos;
    private volatile @Nullable String risk;

    private @Nullable RecoveringProducer producer;
    private long connectionsLost;
    /** How the last transaction ended, until it is certain that it ended everywhere. */
    private @Nullable Ended last;
    /** The transaction before that one, where it was taken to have ended without a look. */
    private @Nullable Ended unseen;
    /** The id's state while it has no transaction: under this number and epoch the next one is written. */
    private @Nullable TransactionDescription idle;

    private boolean endsByOwnTransaction;

    /** A transaction that is over: how, and where this process wrote in it. */
    private record Ended(TransactionDescription how, Set<TopicPartition> partitions) {
        boolean committed() {
            return COMMITTED.contains(how.state());
        }

        /** Whether what is open there is this one's, and not that of the transaction after it. */
        boolean has(TopicPartition partition, ProducerState state, Ended next) {
            if (!partitions.contains(partition)) {
                return false;
            }
            // Epochs begin again with a new number, which a producer gets when they are used up.
            int newer = state.producerId() == how.producerId()
                    ? Integer.compare(state.producerEpoch(), how.producerEpoch())
                    : Integer.compare(how.producerEpoch(), state.producerEpoch());
            return newer < 0 || (newer == 0 && !next.partitions().contains(partition));
        }
    }

    /**
     * Whether a stage recovers transactions, and where it counts the results.
     *
     * @param enabled {@code transaction.recovery}; otherwise Kafka's producer is left to itself
     */
    public record Options(boolean enabled, MeterRegistry meters, String stage) {
        /** Of a process that serves no metrics. */
        public static Options uncounted(boolean enabled) {
            return new Options(enabled, new CompositeMeterRegistry(), "");
        }

        private Counter counter(String result) {
            return Counter.builder(ProcessMeters.TRANSACTION_RECOVERED)
                    .description(ProcessMeters.TRANSACTION_RECOVERED_DOC)
                    .baseUnit("partitions")
                    .tag("stage", stage)
                    .tag("result", result)
                    .register(meters);
        }
    }

    /** Of an id whose transactions carry no offsets. */
    public MarkerRecovery(Map<String, ?> kafka, String transactionalId, Collection<String> topics, Options options) {
        this(
                transactionalId,
                "",
                Optional.empty(),
                new OpenTransactions(kafka, transactionalId, "", List.copyOf(topics)),
                options);
    }

    /**
     * @param kafka how to reach the brokers
     * @param group whose offsets the id's transactions carry
     * @param spare a topic that the group may read and does not consume
     * @param topics that the id's transactions write to; those that do not exist are passed over
     */
    public MarkerRecovery(
            Map<String, ?> kafka,
            String transactionalId,
            String group,
            String spare,
            Collection<String> topics,
            Options options) {
        this(
                transactionalId,
                group,
                Optional.of(new TopicPartition(spare, 0)),
                new OpenTransactions(kafka, transactionalId, group, List.copyOf(topics)),
                options);
    }

    /** With answers of the caller's, for tests. */
    MarkerRecovery(
            String transactionalId,
            String group,
            Optional<TopicPartition> spare,
            OpenTransactions transactions,
            Options options) {
        this.transactionalId = transactionalId;
        this.group = group;
        this.spare = spare;
        this.transactions = transactions;
        this.enabled = options.enabled();
        this.markers = options.counter("marker");
        this.ownTransactions = options.counter("transaction");
        this.held = options.counter("held");
        if (!enabled) {
            LOG.warn(
                    "event=transaction_recovery_off id={} effect=\"after a broker died, committed events can be lost and"
                            + " aborted ones can show: docs/transaction-recovery.md\"",
                    transactionalId);
        }
    }

    /** The open transaction has written there. */
    void wrote(TopicPartition partition) {
        if (written.isEmpty() && !offsetsWritten) {
            firstWriteNanos = System.nanoTime();
        }
        written.add(partition);
    }

    /** The open transaction carries the group's offsets. */
    void wroteOffsets() {
        if (written.isEmpty() && !offsetsWritten) {
            firstWriteNanos = System.nanoTime();
        }
        offsetsWritten = true;
    }

    /** What may go wrong for want of rights, in a sentence with the remedy. May be asked by any thread. */
    public Optional<String> risk() {
        return Optional.ofNullable(risk);
    }

    /** Of how many partitions Kafka was asked for the producers. */
    long partitionsAsked() {
        return transactions.partitionsAsked();
    }

    /**
     * Ends what an earlier process of the same id left open, and keeps that process from writing.
     *
     * @throws KafkaException where Kafka does not answer; with a new producer it may be tried again
     */
    void start(RecoveringProducer starting, Runnable initTransactions) {
        producer = starting;
        if (!enabled) {
            initTransactions.run();
            return;
        }
        Set<TopicPartition> writes = takeWrites();
        Optional.ofNullable(last).ifPresent(known -> writes.addAll(known.partitions()));
        // After initTransactions alone it is empty, and no longer tells how the last one ended.
        transactions
                .last()
                .filter(found -> found.state() != TransactionState.EMPTY)
                .ifPresent(found -> last = new Ended(found, writes));
        initTransactions.run();
        Set<TopicPartition> everywhere = transactions.everywhere();
        sayRisk(transactions.rights());
        TransactionDescription now = transactions.last().orElse(null);
        Ended ended = last;
        if (ended != null && now != null) {
            endEverywhere(ended, everywhere, now);
        }
        seen(now);
    }

    /**
     * After the producer has committed or aborted a transaction and before it begins the next: that one's end must not
     * become this one's.
     *
     * @throws KafkaException where Kafka does not answer; to be followed by a new producer
     */
    void afterEnd() {
        if (!enabled || endsByOwnTransaction) {
            return;
        }
        TransactionDescription how = awaitEnd();
        Set<TopicPartition> writes = takeWrites();
        if (!COMPLETE.contains(how.state()) || writes.isEmpty()) {
            // Another process has the id by now, and looks itself; or the transaction was empty.
            return;
        }
        Duration open = Duration.ofNanos(System.nanoTime() - firstWriteNanos);
        boolean lost = required(producer).connectionsLost() != connectionsLost;
        Ended ended = new Ended(how, writes);
        last = ended;
        if (new TransactionEnd(ended.committed(), open, lost).mayLackMarkers()) {
            endEverywhere(ended, writes, how);
            seen(how);
        } else {
            unseen = ended;
            last = null;
            idle = how;
        }
    }

    /** All that ended has ended everywhere. */
    private void seen(@Nullable TransactionDescription now) {
        last = null;
        unseen = null;
        idle = now;
        connectionsLost = required(producer).connectionsLost();
    }

    private Set<TopicPartition> takeWrites() {
        Set<TopicPartition> partitions = new HashSet<>(written);
        if (offsetsWritten) {
            partitions.add(transactions.offsets());
        }
        written.clear();
        offsetsWritten = false;
        return partitions;
    }

    /** A commit and an abort are answered as soon as they are decided. */
    private TransactionDescription awaitEnd() {
        long deadline = System.nanoTime() + END_WITHIN.toNanos();
        while (true) {
            TransactionDescription now =
                    transactions.last().orElseThrow(() -> new KafkaException("Kafka has forgotten " + transactionalId));
            if (!ENDING.contains(now.state())) {
                return now;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("the transaction of " + transactionalId + " does not end: " + now.state());
            }
            LockSupport.parkNanos(ASK_AGAIN_AFTER.toNanos());
        }
    }

    /**
     * Ends what has no right to be open. Of a transaction that another process begins meanwhile under the same id nothing
     * may be touched: such a one shows in the second look, or has raised the epoch where it has written, and there the
     * broker refuses the marker.
     *
     * @param candidates where it may have written
     * @param now the id as it was seen without a transaction
     */
    private void endEverywhere(Ended ended, Set<TopicPartition> candidates, TransactionDescription now) {
        Optional<Ended> before = Optional.ofNullable(unseen);
        Set<TopicPartition> asked = new HashSet<>(candidates);
        Set<Long> producers = new HashSet<>(Set.of(ended.how().producerId()));
        producers.add(now.producerId());
        Optional.ofNullable(idle).ifPresent(known -> producers.add(known.producerId()));
        before.ifPresent(transaction -> asked.addAll(transaction.partitions()));
        OpenTransactions.Found found = transactions.of(producers, asked);
        if ((found.open().isEmpty() && found.denied().isEmpty())
                || transactions.last().filter(now::equals).isEmpty()) {
            return;
        }
        Set<TopicPartition> committed = new HashSet<>();
        Set<TopicPartition> aborted = new HashSet<>();
        found.open().forEach((partition, state) -> {
            boolean commit = before.filter(transaction -> transaction.has(partition, state, ended))
                    .orElse(ended)
                    .committed();
            if (!markerWritten(partition, state, commit)) {
                (commit ? committed : aborted).add(partition);
            }
        });
        for (TopicPartition partition : found.denied()) {
            boolean commit = before.filter(
                            transaction -> transaction.partitions().contains(partition)
                                    && !ended.partitions().contains(partition))
                    .orElse(ended)
                    .committed();
            // A record of ours that is committed would be seen, but for an offset that nothing reads.
            if (!commit || isOffsets(partition)) {
                (commit ? committed : aborted).add(partition);
            }
        }
        endByOwnTransaction(aborted, false);
        endByOwnTransaction(committed, true);
    }

    /** Returns false if this user may not. */
    private boolean markerWritten(TopicPartition partition, ProducerState state, boolean commit) {
        LOG.warn(
                "event=transaction_left_open id={} partition={} ends_by={}",
                transactionalId,
                partition,
                commit ? "commit" : "abort");
        try {
            if (commit) {
                transactions.commit(partition, state);
            } else {
                transactions.abort(partition, state);
            }
            markers.increment();
            return true;
        } catch (AuthorizationException mayNot) {
            return false;
        }
    }

    /**
     * What is open shares the fate of the id's next transaction. So, without the right to write markers, one that has the
     * right fate and does nothing else ends it.
     */
    @SuppressWarnings("removal") // without a consumer Kafka 4.3.1 has no other way to name a group
    private void endByOwnTransaction(Set<TopicPartition> partitions, boolean commit) {
        if (partitions.isEmpty()) {
            return;
        }
        List<TopicPartition> onTopics =
                partitions.stream().filter(partition -> !isOffsets(partition)).toList();
        if (commit && !onTopics.isEmpty()) {
            held.increment(partitions.size());
            throw new TransactionLeftOpenException(transactionalId, partitions);
        }
        LOG.warn(
                "event=transaction_ended_by_another id={} partitions={} ends_by={}",
                transactionalId,
                partitions,
                commit ? "commit" : "abort");
        boolean withOffsets = onTopics.size() < partitions.size();
        RecoveringProducer own = required(producer);
        long lost = own.connectionsLost();
        endsByOwnTransaction = true;
        try {
            own.transact(
                    onTopics,
                    withOffsets ? Optional.of(spare.orElseThrow()) : Optional.empty(),
                    new ConsumerGroupMetadata(group),
                    commit);
            awaitEnd();
        } finally {
            takeWrites();
            endsByOwnTransaction = false;
        }
        ownTransactions.increment(partitions.size());
        if (own.connectionsLost() != lost) {
            throw new KafkaException("a broker was lost while a transaction of " + transactionalId + " was ended");
        }
    }

    private static boolean isOffsets(TopicPartition partition) {
        return partition.topic().equals(OpenTransactions.OFFSETS_TOPIC);
    }

    private void sayRisk(TransactionRights rights) {
        String now = rights.risk().orElse(null);
        if (now != null && !now.equals(risk)) {
            LOG.warn("event=takeover_limited id={} why={}", transactionalId, VisibleText.logged(now));
        }
        risk = now;
    }

    private static RecoveringProducer required(@Nullable RecoveringProducer producer) {
        if (producer == null) {
            throw new IllegalStateException("initTransactions comes first");
        }
        return producer;
    }

    /** Gives connections up; a later use makes them again. */
    @Override
    public void close() {
        transactions.close();
    }
}

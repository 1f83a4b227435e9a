package io.usageflow.forwarder.kafka.recovery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.usageflow.forwarder.kafka.recovery.RecoveringProducer.TransactionLeftOpenException;
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
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the transactions of one transactional id that Kafka left open, for its {@link RecoveringProducer}. It outlives
 * producers, since it remembers unfinished transactions. Used by one thread at a time, except {@link #wrote}, {@link
 * #wroteOffsets} and {@link #risk}. Close it.
 *
 * <p>If a partition has no leader when the coordinator ends a transaction, the coordinator treats the partition as
 * deleted, omits its marker and calls the transaction complete (Kafka 4.3.1, {@code TransactionMarkerChannelManager};
 * seen whenever a single broker was killed during a transaction). The records there then share the fate of the id's
 * next transaction. If they are the group's offsets, these can no longer be read. This class writes the missing marker.
 * docs/decisions/0007 proves that it is enough to look after the ends that {@link TransactionEnd} names.
 */
public final class MarkerRecovery implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MarkerRecovery.class);
    private static final Duration END_WITHIN = Duration.ofSeconds(30);
    private static final Duration ASK_AFTER = Duration.ofMillis(5);
    private static final Set<TransactionState> ENDING = EnumSet.of(
            TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT, TransactionState.PREPARE_EPOCH_FENCE);
    private static final String PRODUCERS_UNTOLD = "these brokers do not list open transactions, so a committed one"
            + " that a dying broker left open is not seen, and its records are lost if the next one is aborted";
    private static final Set<TransactionState> COMPLETE =
            EnumSet.of(TransactionState.COMPLETE_COMMIT, TransactionState.COMPLETE_ABORT);

    private final String transactionalId;
    private final String group;
    /** Of a topic that the group does not consume: an offset there has no reader. */
    private final Optional<TopicPartition> spare;

    private final OpenTransactions transactions;
    private final Counter markers;
    private final Counter ownTransactions;
    private final Counter held;
    private final Set<TopicPartition> written = ConcurrentHashMap.newKeySet();
    private volatile boolean offsetsWritten;
    private volatile long firstWriteNanos;
    private volatile @Nullable String risk;

    private @Nullable RecoveringProducer producer;
    private long connectionsLost;
    /** The last transaction, until it is certain that it ended on every partition. */
    private @Nullable TransactionEnd last;
    /** The transaction before that one, if it was assumed to have ended without asking the partitions. */
    private @Nullable TransactionEnd unseen;
    /** The id's state between transactions; the next one is written under its producer id and epoch. */
    private @Nullable TransactionDescription idle;

    private boolean endsByOwnTransaction;
    private boolean enabled;

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

    /** Recovers transactions that carry no offsets. */
    public MarkerRecovery(Map<String, ?> kafka, String transactionalId, Collection<String> topics, Options options) {
        this(
                transactionalId,
                "",
                Optional.empty(),
                new OpenTransactions(kafka, transactionalId, "", List.copyOf(topics)),
                options);
    }

    /**
     * Recovers transactions that carry a group's offsets.
     *
     * @param kafka how to reach the brokers
     * @param group whose offsets the transactions carry
     * @param spare a topic that the group may read and does not consume
     * @param topics that the transactions write to; those that do not exist are skipped
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

    /** For tests, which answer for Kafka. */
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
                    "event=transaction_recovery_off id={} effect=\"if a broker dies, committed events"
                            + " can be lost and aborted" + " events can become visible: docs/transaction-recovery.md\"",
                    transactionalId);
        }
    }

    /** The open transaction has written to the partition. */
    void wrote(TopicPartition partition) {
        noteFirstWrite();
        written.add(partition);
    }

    /** The open transaction carries the group's offsets. */
    void wroteOffsets() {
        noteFirstWrite();
        offsetsWritten = true;
    }

    private void noteFirstWrite() {
        if (written.isEmpty() && !offsetsWritten) {
            firstWriteNanos = System.nanoTime();
        }
    }

    /** What can go wrong because a right is missing, in a sentence with the remedy. Any thread may ask. */
    public Optional<String> risk() {
        return Optional.ofNullable(risk);
    }

    /** Counts the partitions whose producers Kafka was asked for. */
    long partitionsAsked() {
        return transactions.partitionsAsked();
    }

    /**
     * Ends the transactions that earlier producers of the id left open, and fences those producers.
     *
     * @throws KafkaException if Kafka does not answer; a new producer may try again
     */
    void start(RecoveringProducer starting, Runnable initTransactions) {
        producer = starting;
        if (!enabled) {
            initTransactions.run();
            return;
        }
        Set<TopicPartition> writes = takeWrites();
        Optional.ofNullable(last).ifPresent(known -> writes.addAll(known.partitions()));
        Optional<TransactionDescription> before;
        try {
            before = transactions.last();
        } catch (UnsupportedVersionException unknownQuestion) {
            turnOff(unknownQuestion);
            initTransactions.run();
            return;
        }
        // After initTransactions alone the state is EMPTY, which no longer tells how the last transaction ended.
        before.filter(found -> found.state() != TransactionState.EMPTY)
                .ifPresent(found -> last = new TransactionEnd(found, writes));
        initTransactions.run();
        Set<TopicPartition> everywhere = transactions.everywhere();
        sayRisk(transactions.rights().risk());
        TransactionDescription now = transactions.last().orElse(null);
        TransactionEnd ended = last;
        if (ended != null && now != null) {
            endEverywhere(ended, everywhere, now);
        }
        seen(now);
    }

    /**
     * Runs between a commit or an abort and the next transaction, so that a partition that is still open does not share
     * the end of the next one.
     *
     * @throws KafkaException if Kafka does not answer; then a new producer is needed
     */
    void afterEnd() {
        if (!enabled || endsByOwnTransaction) {
            return;
        }
        TransactionDescription how = awaitEnd();
        Set<TopicPartition> writes = takeWrites();
        if (!COMPLETE.contains(how.state()) || writes.isEmpty()) {
            // Another process took over the id, and looks itself; or the transaction was empty.
            return;
        }
        Duration open = Duration.ofNanos(System.nanoTime() - firstWriteNanos);
        boolean lost = required(producer).connectionsLost() != connectionsLost;
        TransactionEnd ended = new TransactionEnd(how, writes);
        last = ended;
        if (TransactionEnd.mayLackMarkers(ended.committed(), open, lost)) {
            endEverywhere(ended, writes, how);
            seen(how);
        } else {
            unseen = ended;
            last = null;
            idle = how;
        }
    }

    /** Every transaction so far has ended on every partition. */
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

    /** Kafka answers a commit or an abort when it is decided, before the markers are written. */
    private TransactionDescription awaitEnd() {
        long deadline = System.nanoTime() + END_WITHIN.toNanos();
        while (true) {
            // Also before the first question: the markers take some milliseconds, and a question too early is wasted.
            LockSupport.parkNanos(ASK_AFTER.toNanos());
            TransactionDescription now =
                    transactions.last().orElseThrow(() -> new KafkaException("Kafka has forgotten " + transactionalId));
            if (!ENDING.contains(now.state())) {
                return now;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new TimeoutException("the transaction of " + transactionalId + " does not end: " + now.state());
            }
        }
    }

    /**
     * Ends the transactions that should no longer be open. It must not touch a transaction that another process begins
     * meanwhile under the same id: that one shows in the second look, or it has raised the epoch on the partitions that
     * it wrote, and there the broker refuses the marker.
     *
     * @param candidates partitions that the transaction may have written
     * @param now the id's state when it had no transaction
     */
    private void endEverywhere(TransactionEnd ended, Set<TopicPartition> candidates, TransactionDescription now) {
        Optional<TransactionEnd> before = Optional.ofNullable(unseen);
        Set<TopicPartition> asked = new HashSet<>(candidates);
        Set<Long> producers = new HashSet<>(Set.of(ended.how().producerId()));
        producers.add(now.producerId());
        Optional.ofNullable(idle).ifPresent(known -> producers.add(known.producerId()));
        before.ifPresent(transaction -> asked.addAll(transaction.partitions()));
        OpenTransactions.Found found = transactions.of(producers, asked);
        if (transactions.areProducersUntold()) {
            sayRisk(Optional.of(PRODUCERS_UNTOLD));
        }
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
            // A committed record of ours would be visible; only an offset without a reader is harmless.
            if (!commit || isOffsets(partition)) {
                (commit ? committed : aborted).add(partition);
            }
        }
        endByOwnTransaction(aborted, false);
        endByOwnTransaction(committed, true);
    }

    /** Returns false if this user may not write markers. */
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
     * Open records share the fate of the id's next transaction. So without the right to write markers, a transaction
     * that does nothing else and ends as the open one did ends it.
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
            throw new KafkaException(
                    "a broker was lost while a transaction of " + transactionalId + " was being ended");
        }
    }

    private static boolean isOffsets(TopicPartition partition) {
        return partition.topic().equals(OpenTransactions.OFFSETS_TOPIC);
    }

    /** A broker that does not describe transactions still runs them: the stage must not stop for that. */
    private void turnOff(UnsupportedVersionException why) {
        enabled = false;
        sayRisk(Optional.of("these brokers do not describe transactions (" + why.getMessage()
                + "), so one that a dying broker left open is not ended"));
    }

    private void sayRisk(Optional<String> found) {
        String now = found.orElse(null);
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

    /** Closes the connections; a later use opens new ones. */
    @Override
    public void close() {
        transactions.close();
    }
}

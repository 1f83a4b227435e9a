package io.usageflow.forwarder.topics;

import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a transactional id over from whoever had it: {@code initTransactions}, and then what Kafka should have done by
 * itself. Not thread-safe.
 *
 * <p>A coordinator that ends a transaction while a partition of it has no leader takes the partition for deleted, leaves
 * its marker out and calls the transaction complete (Kafka 4.3.1, {@code TransactionMarkerChannelManager}; seen whenever
 * a single broker was killed in mid-transaction). What was written there then shares the fate of the id's next
 * transaction, whatever its own was; and where it is the group's offsets, nobody can read these any more. Here such a
 * partition gets the marker that it lacks. docs/decisions/0007 has the story.
 */
public final class TransactionTakeover implements Takeover {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionTakeover.class);
    private static final Duration END_WITHIN = Duration.ofSeconds(30);
    private static final Duration ASK_AGAIN_AFTER = Duration.ofMillis(5);
    private static final Set<TransactionState> ENDING = EnumSet.of(
            TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT, TransactionState.PREPARE_EPOCH_FENCE);
    private static final Set<TransactionState> COMPLETE =
            EnumSet.of(TransactionState.COMPLETE_COMMIT, TransactionState.COMPLETE_ABORT);
    private static final Set<TransactionState> COMMITTED =
            EnumSet.of(TransactionState.PREPARE_COMMIT, TransactionState.COMPLETE_COMMIT);

    private final String transactionalId;
    private final OpenTransactions transactions;
    /** The id's last transaction, until it is certain that it ended everywhere. */
    private @Nullable TransactionDescription last;

    private boolean refused;

    /** Of an id whose transactions carry no offsets. */
    public TransactionTakeover(Map<String, ?> kafka, String transactionalId, Collection<String> topics) {
        this(kafka, transactionalId, "", topics);
    }

    /**
     * @param kafka how to reach the brokers
     * @param group whose offsets the id's transactions carry
     * @param topics that the id's transactions write to; those that do not exist are passed over
     */
    public TransactionTakeover(Map<String, ?> kafka, String transactionalId, String group, Collection<String> topics) {
        this.transactionalId = transactionalId;
        Map<String, Object> client = new HashMap<>(kafka);
        client.put(AdminClientConfig.CLIENT_ID_CONFIG, transactionalId + "-takeover");
        this.transactions = new OpenTransactions(client, transactionalId, group, List.copyOf(topics));
    }

    @Override
    public void takeOver(Producer<?, ?> producer) {
        takeOver(producer::initTransactions);
    }

    /** As {@link #takeOver(Producer)}, for a producer whose own initTransactions is this. */
    public void takeOver(Runnable initTransactions) {
        refused = false;
        // After initTransactions alone it is empty, and no longer tells how the last one ended.
        whereAllowed(() -> transactions
                .last()
                .filter(found -> found.state() != TransactionState.EMPTY)
                .ifPresent(found -> last = found));
        initTransactions.run();
        TransactionDescription ended = last;
        if (ended != null) {
            whereAllowed(() -> transactions.last().ifPresent(now -> endEverywhere(ended, now)));
            last = null;
        }
    }

    @Override
    public void afterEnd() {
        whereAllowed(() -> {
            TransactionDescription ended = awaitEnd();
            // Otherwise another process has the id by now, and looks itself.
            if (COMPLETE.contains(ended.state())) {
                last = ended;
                endEverywhere(ended, ended);
                last = null;
            }
        });
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
     * @param ended how
     * @param idle the id as it was seen without a transaction
     */
    private void endEverywhere(TransactionDescription ended, TransactionDescription idle) {
        Map<TopicPartition, ProducerState> open = transactions.of(ended.producerId());
        if (open.isEmpty() || transactions.last().filter(idle::equals).isEmpty()) {
            return;
        }
        boolean committed = COMMITTED.contains(ended.state());
        open.forEach((partition, state) -> {
            LOG.warn(
                    "event=transaction_left_open id={} partition={} ends_by={}",
                    transactionalId,
                    partition,
                    committed ? "commit" : "abort");
            if (committed) {
                transactions.commit(partition, state);
            } else {
                transactions.abort(partition, state);
            }
        });
    }

    /** To look is a help and not a need: without the right to, all goes on as it would without looking. */
    private void whereAllowed(Runnable look) {
        if (refused) {
            return;
        }
        try {
            look.run();
        } catch (AuthorizationException denied) {
            refused = true;
            LOG.warn(
                    "event=takeover_unchecked id={} why={}",
                    transactionalId,
                    VisibleText.logged(
                            "Kafka does not let us look for transactions it left open: " + denied.getMessage()));
        }
    }

    @Override
    public void close() {
        transactions.close();
    }
}

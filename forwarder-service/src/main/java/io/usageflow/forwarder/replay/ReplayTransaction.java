package io.usageflow.forwarder.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.recovery.MarkerRecovery;
import io.usageflow.forwarder.kafka.recovery.RecoveringProducer;
import io.usageflow.forwarder.kafka.recovery.RecoveringProducer.EndNotSeenException;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Writes replayed records and their marks, each pair in one transaction. This is why each dead letter is replayed once,
 * whatever dies and however many operators there are:
 *
 * <ol>
 *   <li>All jobs have the same transactional id (repairs of {@code reconcile} have one of their own). {@link #open}
 *       ({@code initTransactions}) returns when every transaction of an earlier producer with that id is committed or
 *       aborted, and no earlier producer can commit any more.
 *   <li>Only then are the marks read, with {@code read_committed}: so all that was ever replayed is seen as such, and
 *       what is not seen was not replayed, and no earlier job's transaction will replay it.
 *   <li>A replayed record and its mark become visible together, or not at all.
 *   <li>A job that loses the id to a later one can commit nothing from then on.
 * </ol>
 *
 * One thread.
 */
public final class ReplayTransaction implements AutoCloseable {
    /** Bound of a transaction. */
    static final int RECORDS_MAX = 500;

    /** Bound of a transaction, so that a slow rate does not delay records that are written. */
    static final Duration AGE_MAX = Duration.ofSeconds(1);

    /** Kafka aborts the transaction of a dead producer after this time. */
    public static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;
    private final MarkerRecovery recovery;
    private final Serializer<DeadLetterMark> serializer;
    private final Map<String, byte[]> pending = new LinkedHashMap<>();
    private boolean isOpen;
    private long openedNanos;
    private long committed;

    /** A later producer has the transactional id, or Kafka has timed out this one: it can commit nothing more. */
    public static final class FencedException extends Exception {
        private static final long serialVersionUID = 1L;

        FencedException(KafkaException cause) {
            super(cause);
        }
    }

    private ReplayTransaction(
            Topics topics,
            KafkaProducer<byte[], byte[]> producer,
            MarkerRecovery recovery,
            Serializer<DeadLetterMark> serializer) {
        this.topics = topics;
        this.producer = producer;
        this.recovery = recovery;
        this.serializer = serializer;
    }

    /** As {@link #open(Settings, String, String)}, with the transactional id of replay jobs. */
    static ReplayTransaction open(Settings settings, String clientId) {
        return open(settings, settings.topics().names().prefix() + ".replay", clientId);
    }

    /**
     * Fences every earlier producer with the transactional id.
     *
     * @param clientId shows in the brokers' logs
     * @throws KafkaException where Kafka refuses or does not answer
     */
    public static ReplayTransaction open(Settings settings, String transactionalId, String clientId) {
        Topics topics = settings.topics().names();
        var recovery = new MarkerRecovery(
                settings.kafka().client(),
                transactionalId,
                List.of(topics.replays(), topics.deadLetterMarks()),
                MarkerRecovery.Options.uncounted(settings.process().recoversTransactions()));
        var producer = new RecoveringProducer(config(settings, transactionalId, clientId), recovery);
        try {
            init(producer, transactionalId);
            return new ReplayTransaction(
                    topics,
                    producer,
                    recovery,
                    AvroSerdes.valueSerializer(settings.registry().serde()));
        } catch (RuntimeException failed) {
            recovery.close();
            producer.close(Duration.ZERO);
            throw failed;
        }
    }

    private static void init(RecoveringProducer producer, String transactionalId) {
        try {
            producer.initTransactions();
        } catch (TransactionalIdAuthorizationException refused) {
            var named = new TransactionalIdAuthorizationException("may not WRITE with the transactional id "
                    + transactionalId + ": grant WRITE on it (docs/security.md)");
            named.addSuppressed(refused);
            throw named;
        }
    }

    /**
     * Adds a mark and its record to the open transaction.
     *
     * @param record of the replays' topic; empty for a discard
     * @return where the record stands, known when the transaction is committed
     */
    public Optional<Future<RecordMetadata>> add(DeadLetterMark mark, Optional<ProducerRecord<byte[], byte[]>> record)
            throws FencedException {
        try {
            if (!isOpen) {
                producer.beginTransaction();
                isOpen = true;
                openedNanos = System.nanoTime();
            }
            Optional<Future<RecordMetadata>> sent = record.map(producer::send);
            byte[] value = serializer.serialize(topics.deadLetterMarks(), mark);
            // If it fails, the commit fails too.
            Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(
                    topics.deadLetterMarks(), mark.getDeadLetterId().getBytes(UTF_8), value));
            pending.put(mark.getDeadLetterId(), value);
            return sent;
        } catch (KafkaException failed) {
            throw rethrown(failed);
        }
    }

    /** Whether the open transaction answers the dead letter. */
    boolean holds(String deadLetterId) {
        return pending.containsKey(deadLetterId);
    }

    boolean isFull() {
        return pending.size() >= RECORDS_MAX;
    }

    /** @param wait before the next dead letter */
    boolean isDue(Duration wait) {
        return isOpen && System.nanoTime() - openedNanos + wait.toNanos() > AGE_MAX.toNanos();
    }

    /**
     * Commits what was added.
     *
     * @param patience for a broker that does not answer; after that it is not known whether it was committed, and the
     *     next job's {@link #open} decides it
     * @return the marks that were committed, by dead letter
     */
    public Map<String, byte[]> commit(Duration patience) throws FencedException {
        if (!isOpen) {
            return Map.of();
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                producer.commitTransaction();
                return takeCommitted();
            } catch (EndNotSeenException unseen) {
                takeCommitted();
                throw unseen;
            } catch (TimeoutException slow) {
                // The commit may be repeated until its result is known.
                if (System.nanoTime() - deadline > 0) {
                    throw slow;
                }
            } catch (KafkaException failed) {
                throw rethrown(failed);
            }
        }
    }

    private Map<String, byte[]> takeCommitted() {
        isOpen = false;
        committed += pending.size();
        Map<String, byte[]> marks = Map.copyOf(pending);
        pending.clear();
        return marks;
    }

    /** Dead letters whose marks are committed. */
    long committed() {
        return committed;
    }

    /** Aborts the open transaction. */
    @Override
    public void close() {
        try (serializer) {
            if (isOpen) {
                try {
                    producer.abortTransaction();
                } catch (KafkaException | IllegalStateException gone) {
                    // Fenced, or in a commit that timed out: Kafka ends the transaction, or the next job does.
                    isOpen = false;
                }
            }
        } finally {
            recovery.close();
            producer.close(Duration.ofSeconds(5));
        }
    }

    private static KafkaException rethrown(KafkaException failed) throws FencedException {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                throw new FencedException(failed);
            }
            if (cause instanceof TopicAuthorizationException refused) {
                return KafkaClients.naming(AclOperation.WRITE, refused);
            }
        }
        return failed;
    }

    private static Map<String, Object> config(Settings settings, String transactionalId, String clientId) {
        Map<String, Object> defaults = Map.of(
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                settings.recordBounds().writtenBytesMax(),
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                30_000,
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                (int) TIMEOUT.toMillis());
        return KafkaClients.transactional(settings.kafka().client(), defaults, transactionalId, clientId);
    }
}

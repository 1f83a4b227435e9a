package io.usageflow.forwarder.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.replay.ReplayTransaction;
import io.usageflow.forwarder.replay.ReplayTransaction.FencedException;
import io.usageflow.schema.DeadLetterMark;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Writes each repair and each remedy once: a mark that says who, when and why, and the record that is sent again, in
 * one Kafka transaction ({@link ReplayTransaction}). The later of two writers fences the earlier one and sees all that
 * it has written. Not thread-safe; close it.
 */
public final class MarkedWriter implements AutoCloseable {
    private static final Duration READ_MARKS_WITHIN = Duration.ofHours(1);

    private final String job;
    private final ReplayTransaction transaction;
    private final Set<String> committed;
    private final Set<String> pending = new HashSet<>();

    /**
     * Fences any other writer, and reads what it and earlier ones have marked.
     *
     * @param prefix of the marks' ids
     * @param job names the run in the error of a fenced writer
     */
    public MarkedWriter(Settings settings, String prefix, String job) {
        this.job = job;
        // Ends the last transaction under this id first, so that its marks can be read.
        transaction = ReplayTransaction.open(
                settings, settings.topics().names().prefix() + "-reconcile-repair", "usageflow-repair-" + job);
        try {
            committed = marks(settings, prefix);
        } catch (KafkaException failed) {
            transaction.close();
            throw failed;
        }
    }

    /** The ids of all marks whose id begins with the prefix. */
    public static Set<String> marks(Settings settings, String prefix) {
        Set<String> ids = new HashSet<>();
        new TopicReader(settings.kafka().client())
                .read(settings.topics().names().deadLetterMarks(), READ_MARKS_WITHIN, mark -> {
                    String id = mark.key() == null ? "" : new String(mark.key(), UTF_8);
                    if (id.startsWith(prefix) && mark.value() != null) {
                        ids.add(id);
                    }
                });
        return ids;
    }

    /** Whether an earlier transaction has written the mark. */
    public boolean isMarked(String id) {
        return committed.contains(id);
    }

    /** Whether the open transaction holds the mark. */
    public boolean isPending(String id) {
        return pending.contains(id);
    }

    /**
     * Writes a mark in the open transaction.
     *
     * @param record of the replays' topic; empty if only the mark is written
     */
    public void add(DeadLetterMark mark, Optional<ProducerRecord<byte[], byte[]>> record) {
        try {
            transaction.add(mark, record);
        } catch (FencedException fenced) {
            throw fenced(fenced);
        }
        pending.add(mark.getDeadLetterId());
    }

    public void commit() {
        try {
            transaction.commit(ReplayTransaction.TIMEOUT);
        } catch (FencedException fenced) {
            throw fenced(fenced);
        }
        committed.addAll(pending);
        pending.clear();
    }

    private IllegalArgumentException fenced(FencedException fenced) {
        return new IllegalArgumentException(
                job
                        + " was fenced: a later 'reconcile --repair --apply' or 'remedy --apply' has begun; let one run"
                        + " at a time",
                fenced);
    }

    @Override
    public void close() {
        transaction.close();
    }
}

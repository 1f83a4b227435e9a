package io.usageflow.forwarder.reconcile.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.ReconcileRequest.Repair;
import io.usageflow.forwarder.reconcile.receipts.ReconcileItem.SentEvent;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary.RepairOutcome;
import io.usageflow.forwarder.replay.ReplayTransaction;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.topic.EventHeaders;
import io.usageflow.schema.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Sends missing events again through the replays topic: the published record's own bytes, with a header that names the
 * repair, and a mark with who, when and why, in one Kafka transaction ({@link ReplayTransaction}). Of two repairs at
 * once the later fences the earlier.
 *
 * <p>The mark's id is derived from where the sent event stands. A marked event is not sent again unless asked to. Were
 * it sent twice all the same, by a process that is killed between two steps, it would go to Credyt under the same id
 * with the same bytes, and Credyt ignores that (docs/credyt-api.md). Not thread-safe; close it.
 */
final class RepairWriter implements AutoCloseable {
    /** What the ids of the marks and of the lineage begin with. */
    static final String ID_PREFIX = "reconcile-";

    private static final UUID NAMESPACE = UUID.fromString("0c8f1f3e-7a54-5b6e-9d0a-6c1f6f0e2b77");
    private static final Duration READ_MARKS_WITHIN = Duration.ofHours(1);

    private final Topics topics;
    private final Repair repair;
    private final String job;
    private final Clock clock;
    private final ReplayTransaction transaction;
    private final Set<String> sentBefore;

    /** Fences any other repair, and reads what was sent before. */
    RepairWriter(Settings settings, Repair repair, String job, Clock clock) {
        this.topics = settings.topics().names();
        this.repair = repair;
        this.job = job;
        this.clock = clock;
        // Waits for the end of the last transaction under this id, so that its marks are there to be read.
        transaction =
                ReplayTransaction.open(settings, topics.prefix() + "-reconcile-repair", "usageflow-repair-" + job);
        try {
            sentBefore = sentBefore(settings);
        } catch (KafkaException failed) {
            transaction.close();
            throw failed;
        }
    }

    private Set<String> sentBefore(Settings settings) {
        Set<String> ids = new HashSet<>();
        new TopicReader(settings.kafka().client()).read(topics.deadLetterMarks(), READ_MARKS_WITHIN, mark -> {
            String id = mark.key() == null ? "" : new String(mark.key(), UTF_8);
            if (id.startsWith(ID_PREFIX) && mark.value() != null) {
                ids.add(id);
            }
        });
        return ids;
    }

    /**
     * The mark's id: the same for the same deliverable record, however often it is found missing, and another for a
     * record of a topic that was made again.
     */
    static String id(Topics topics, EventRef.Position deliverable) {
        String topic = topics.deliverable();
        String partition = Integer.toString(deliverable.partition());
        String offset = Long.toString(deliverable.offset());
        return ID_PREFIX
                + (deliverable.topicId().isEmpty()
                        ? Uuids.v5(NAMESPACE, topic, partition, offset)
                        : Uuids.v5(NAMESPACE, topic, partition, offset, deliverable.topicId()));
    }

    /** What became of each, in the same order; all that was sent is durable when this returns, or none of it is. */
    List<RepairOutcome> send(List<ReconcileItem> missing) {
        List<RepairOutcome> outcomes = new ArrayList<>();
        Set<String> now = new HashSet<>();
        try {
            for (ReconcileItem item : missing) {
                String id = id(topics, item.event().deliverable());
                if (item.sent().isEmpty()) {
                    outcomes.add(RepairOutcome.EXPIRED);
                } else if (now.contains(id) || (sentBefore.contains(id) && !repair.again())) {
                    outcomes.add(RepairOutcome.SENT_BEFORE);
                } else {
                    transaction.add(
                            mark(item.event(), id),
                            Optional.of(record(item.sent().get().record(), id)));
                    now.add(id);
                    outcomes.add(RepairOutcome.SENT);
                }
            }
            transaction.commit(ReplayTransaction.TIMEOUT);
        } catch (ReplayTransaction.FencedException fenced) {
            throw new IllegalArgumentException(
                    job + " was fenced: a later 'reconcile --repair --apply' has begun; let one run at a time", fenced);
        }
        sentBefore.addAll(now);
        return outcomes;
    }

    private ProducerRecord<byte[], byte[]> record(SentEvent.Published published, String id) {
        var headers = new RecordHeaders(published.headers());
        headers.remove(EventHeaders.REPLAY_OF).remove(EventHeaders.REROUTED_FROM);
        headers.add(EventHeaders.REPLAY_OF, id.getBytes(UTF_8));
        return new ProducerRecord<>(topics.replays(), null, published.key(), published.value(), headers);
    }

    private DeadLetterMark mark(EventRef event, String id) {
        return DeadLetterMark.newBuilder()
                .setDeadLetterId(id)
                .setState("REPLAYED")
                .setWho(repair.who())
                .setWhy(repair.why() + " (event " + event.eventId() + " of account " + event.account()
                        + " was missing at Credyt)")
                .setJob(job)
                .setMarkedAt(clock.instant().truncatedTo(ChronoUnit.MILLIS))
                .setFixes(List.of())
                .build();
    }

    @Override
    public void close() {
        transaction.close();
    }
}

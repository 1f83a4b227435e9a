package io.usageflow.forwarder.reconcile.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.reconcile.EventRef;
import io.usageflow.forwarder.reconcile.MarkedWriter;
import io.usageflow.forwarder.reconcile.ReconcileRequest.Repair;
import io.usageflow.forwarder.reconcile.receipts.ReconcileItem.SentEvent;
import io.usageflow.forwarder.reconcile.receipts.ReconcileSummary.RepairOutcome;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.topic.Topics;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * Sends missing events again through the replays topic: the published record's own bytes, with a header that names the
 * repair, and a mark with who, when and why ({@link MarkedWriter}).
 *
 * <p>The mark's id is derived from the place of the sent event. A marked event is not sent again without {@code
 * --again}. If a process is killed between two steps and an event is sent twice, Credyt gets the same id with the same
 * bytes and ignores it (docs/credyt-api.md). Not thread-safe; close it.
 */
final class RepairWriter implements AutoCloseable {
    /** Prefix of the ids in marks and headers. */
    static final String ID_PREFIX = "reconcile-";

    private static final UUID NAMESPACE = UUID.fromString("0c8f1f3e-7a54-5b6e-9d0a-6c1f6f0e2b77");

    private final Topics topics;
    private final Repair repair;
    private final String job;
    private final Clock clock;
    private final MarkedWriter writer;

    /** Fences any other repair, and reads what earlier repairs sent. */
    RepairWriter(Settings settings, Repair repair, String job, Clock clock) {
        this.topics = settings.topics().names();
        this.repair = repair;
        this.job = job;
        this.clock = clock;
        writer = new MarkedWriter(settings, ID_PREFIX, job);
    }

    /**
     * The mark's id: always the same for a deliverable record, and another one in a recreated topic.
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

    /** Sends the events in one transaction; returns the outcomes in the same order. */
    List<RepairOutcome> send(List<ReconcileItem> missing) {
        List<RepairOutcome> outcomes = new ArrayList<>();
        for (ReconcileItem item : missing) {
            String id = id(topics, item.event().deliverable());
            if (item.sent().isEmpty()) {
                outcomes.add(RepairOutcome.EXPIRED);
            } else if (writer.isPending(id) || (writer.isMarked(id) && !repair.again())) {
                outcomes.add(RepairOutcome.SENT_BEFORE);
            } else {
                writer.add(
                        mark(item.event(), id),
                        Optional.of(record(item.sent().get().record(), id)));
                outcomes.add(RepairOutcome.SENT);
            }
        }
        writer.commit();
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
        writer.close();
    }
}

package io.usageflow.forwarder.reconcile;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.kafka.recovery.MarkerRecovery;
import io.usageflow.forwarder.kafka.recovery.WatchedProducer;
import io.usageflow.forwarder.reconcile.ReconcileRequest.Repair;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.EventHeaders;
import io.usageflow.schema.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Sends missing events again through the lane of replays: the published record's own bytes, with a header that names the
 * repair, and a mark with who, when and why, in one Kafka transaction. The transactional id is always the same, so that
 * of two repairs at once the later ends the earlier.
 *
 * <p>Each sending is marked under an id made of where the original stands, and what is marked is not sent again unless
 * asked to. Were it sent twice all the same, by a process that is killed between two steps, it would go to Credyt under
 * the same id with the same bytes, and Credyt ignores that (docs/credyt-api.md, 3). Not thread-safe; close it.
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
    private final Serializer<DeadLetterMark> marks;
    private final KafkaProducer<byte[], byte[]> producer;
    private final MarkerRecovery takeover;
    private final Set<String> sentBefore;

    /** Takes over from any other repair, and reads what was sent before. */
    RepairWriter(Settings settings, Repair repair, String job, Clock clock) {
        this.topics = settings.topics().names();
        this.repair = repair;
        this.job = job;
        this.clock = clock;
        marks = AvroSerdes.valueSerializer(settings.registry().serde());
        Map<String, Object> config = new HashMap<>(settings.kafka().client());
        String id = topics.prefix() + "-reconcile-repair";
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG, settings.recordBounds().writtenBytesMax());
        takeover =
                new MarkerRecovery(settings.kafka().client(), id, List.of(topics.replays(), topics.deadLetterMarks()));
        producer = new WatchedProducer(config, takeover);
        try {
            // Waits for the end of the last transaction under this id, so that its marks are there to be read.
            takeover.takeOver(producer);
            sentBefore = sentBefore(settings);
        } catch (KafkaException failed) {
            close();
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
     * The mark's id: the same for the same deliverable record, however often it is found missing, and another for a record of
     * a topic that was made again.
     */
    static String id(Topics topics, Subject.Place deliverable) {
        String topic = topics.deliverable();
        String partition = Integer.toString(deliverable.partition());
        String offset = Long.toString(deliverable.offset());
        return ID_PREFIX
                + (deliverable.topicId().isEmpty()
                        ? Uuids.v5(NAMESPACE, topic, partition, offset)
                        : Uuids.v5(NAMESPACE, topic, partition, offset, deliverable.topicId()));
    }

    /** What became of each, in the same order; all that was sent is durable when this returns, or none of it is. */
    List<RepairOutcome> send(List<Case> missing) {
        List<RepairOutcome> outcomes = new ArrayList<>();
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        Set<String> now = new HashSet<>();
        try {
            producer.beginTransaction();
            for (Case one : missing) {
                String id = id(topics, one.subject().deliverable());
                if (one.original().isEmpty()) {
                    outcomes.add(RepairOutcome.EXPIRED);
                } else if (now.contains(id) || sentBefore.contains(id) && !repair.again()) {
                    outcomes.add(RepairOutcome.SENT_BEFORE);
                } else {
                    sent.add(producer.send(event(one.original().get().record(), id)));
                    sent.add(producer.send(mark(one.subject(), id)));
                    now.add(id);
                    outcomes.add(RepairOutcome.SENT);
                }
            }
            producer.commitTransaction();
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
            takeover.afterEnd();
        } catch (ProducerFencedException | InvalidProducerEpochException fenced) {
            throw new IllegalArgumentException(
                    "another 'reconcile --repair --apply' has begun and ended this one: let one run at a time", fenced);
        } catch (InterruptedException | ExecutionException impossible) {
            throw new IllegalStateException("a committed transaction lacks a record", impossible);
        }
        sentBefore.addAll(now);
        return outcomes;
    }

    private ProducerRecord<byte[], byte[]> event(Original.Published record, String id) {
        var headers = new RecordHeaders(record.headers());
        headers.remove(EventHeaders.REPLAY_OF).remove(EventHeaders.REROUTED_FROM);
        headers.add(EventHeaders.REPLAY_OF, id.getBytes(UTF_8));
        return new ProducerRecord<>(topics.replays(), null, record.key(), record.value(), headers);
    }

    private ProducerRecord<byte[], byte[]> mark(Subject subject, String id) {
        var mark = DeadLetterMark.newBuilder()
                .setDeadLetterId(id)
                .setState("REPLAYED")
                .setWho(repair.who())
                .setWhy(repair.why() + " (event " + subject.eventId() + " of account " + subject.account()
                        + " was missing at Credyt)")
                .setJob(job)
                .setMarkedAt(clock.instant().truncatedTo(ChronoUnit.MILLIS))
                .setFixes(List.of())
                .build();
        return new ProducerRecord<>(
                topics.deadLetterMarks(), id.getBytes(UTF_8), marks.serialize(topics.deadLetterMarks(), mark));
    }

    @Override
    public void close() {
        takeover.close();
        producer.close(Duration.ofSeconds(10));
        marks.close();
    }
}

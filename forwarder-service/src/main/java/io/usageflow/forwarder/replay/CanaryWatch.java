package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.replay.ReplayJob.Cancellation;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome.Kind;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.registry.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Waits for what becomes of replayed records. A receipt, a dead letter and a deliverable event each name the record
 * that admission read, and so the very replay and no other copy of the event. Must be made before the records are
 * written. One thread.
 */
final class CanaryWatch implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(15);
    /** Between looks at how far admission has come. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final Topics topics;
    private final String admissionGroup;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Admin admin;
    private final Deserializer<Receipt> receipts;
    private final Deserializer<DeadLetter> deadLetters;
    private final Deserializer<DeliverableEvent> deliverables;
    private final Map<At, String> awaited = new HashMap<>();
    private final Set<At> admitted = new HashSet<>();
    private final List<CanaryOutcome> outcomes = new ArrayList<>();

    /** Where a replayed record stands. */
    private record At(int partition, long offset) {}

    CanaryWatch(Settings settings) {
        topics = settings.topics().names();
        admissionGroup = settings.admission().engine().applicationId(topics);
        consumer = KafkaClients.reader(
                settings.kafka().client(), Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest"));
        admin = KafkaClients.admin(settings.kafka().client());
        receipts = AvroSerdes.ownValueDeserializer(settings.registry().serde(), Receipt.class);
        deadLetters = AvroSerdes.ownValueDeserializer(settings.registry().serde(), DeadLetter.class);
        deliverables = AvroSerdes.ownValueDeserializer(settings.registry().serde(), DeliverableEvent.class);
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : List.of(topics.deliverable(), topics.receipts(), topics.deadLetters())) {
            consumer.partitionsFor(topic, ANSWER_WITHIN)
                    .forEach(info -> all.add(new TopicPartition(topic, info.partition())));
        }
        consumer.assign(all);
        consumer.seekToEnd(all);
        // Seeking is lazy; this is what makes the end that of now.
        all.forEach(partition -> consumer.position(partition, ANSWER_WITHIN));
    }

    void await(String deadLetterId, RecordMetadata replayed) {
        awaited.put(new At(replayed.partition(), replayed.offset()), deadLetterId);
    }

    /**
     * Until all have ended, one has failed, or it has taken too long.
     *
     * @return what is known of each; empty where the waiting was cancelled
     */
    Optional<List<CanaryOutcome>> outcomes(Duration timeout, Cancellation cancellation) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        long lookNanos = System.nanoTime() + LOOK_EVERY.toNanos();
        while (!awaited.isEmpty() && outcomes.stream().noneMatch(CanaryOutcome::failed)) {
            if (cancellation.within(Duration.ZERO)) {
                return Optional.empty();
            }
            consumer.poll(POLL).forEach(this::take);
            if (System.nanoTime() - lookNanos > 0) {
                lookForParked();
                lookNanos = System.nanoTime() + LOOK_EVERY.toNanos();
            }
            if (System.nanoTime() - deadline > 0) {
                giveUp(timeout);
            }
        }
        return Optional.of(List.copyOf(outcomes));
    }

    @Override
    public void close() {
        consumer.close();
        admin.close(Duration.ZERO);
        receipts.close();
        deadLetters.close();
        deliverables.close();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() == null) {
                return;
            }
            if (record.topic().equals(topics.receipts())) {
                At at = at(receipts.deserialize(record.topic(), record.value()).getSource());
                end(at, Kind.DELIVERED, "");
            } else if (record.topic().equals(topics.deadLetters())) {
                DeadLetter letter = deadLetters.deserialize(record.topic(), record.value());
                end(
                        at(letter.getSource()),
                        Kind.DEAD_LETTER,
                        letter.getReason() + ": " + letter.getDetail() + " (dead letter " + letter.getId() + ")");
            } else {
                At at = at(
                        deliverables.deserialize(record.topic(), record.value()).getSource());
                if (at != null && awaited.containsKey(at)) {
                    admitted.add(at);
                }
            }
        } catch (SerializationException | SchemaLostException somebodyElses) {
            // Not what we wait for: ours would be readable.
            return;
        }
    }

    private @Nullable At at(SourceCoordinates source) {
        return source.getTopic().equals(topics.replays()) ? new At(source.getPartition(), source.getOffset()) : null;
    }

    private void end(@Nullable At at, Kind kind, String detail) {
        String deadLetterId = at == null ? null : awaited.remove(at);
        if (deadLetterId != null) {
            outcomes.add(new CanaryOutcome(deadLetterId, kind, detail));
        }
    }

    /**
     * What admission has read, and committed, and what came out nowhere by then, waits for a link. The ends are asked
     * for after the commit was seen, so that nothing can come out between.
     */
    private void lookForParked() throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = committed();
        for (At at : List.copyOf(awaited.keySet())) {
            OffsetAndMetadata read = committed.get(new TopicPartition(topics.replays(), at.partition()));
            if (read != null && read.offset() > at.offset() && !admitted.contains(at) && isAllRead()) {
                end(
                        at,
                        Kind.PARKED,
                        "it waits for a link of its account or of a vendor: 'usageflow links put' releases it");
            }
        }
    }

    private boolean isAllRead() {
        Set<TopicPartition> outlets = new HashSet<>(consumer.assignment());
        outlets.removeIf(partition -> partition.topic().equals(topics.receipts()));
        return consumer.endOffsets(outlets, ANSWER_WITHIN).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey(), ANSWER_WITHIN) >= end.getValue());
    }

    private Map<TopicPartition, OffsetAndMetadata> committed() throws InterruptedException {
        try {
            return admin.listConsumerGroupOffsets(admissionGroup)
                    .partitionsToOffsetAndMetadata()
                    .get(ANSWER_WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException unknown) {
            // Without the right to look, or without admission: then the timeout ends it, a little later.
            return Map.of();
        }
    }

    private void giveUp(Duration timeout) {
        for (At at : List.copyOf(awaited.keySet())) {
            if (admitted.contains(at)) {
                end(
                        at,
                        Kind.NOT_DELIVERED,
                        "admitted, and not delivered within " + timeout.toSeconds()
                                + " s: is Credyt well, and what does the forwarder's /health/ready say?");
            } else {
                end(
                        at,
                        Kind.NOT_ADMITTED,
                        "not admitted within " + timeout.toSeconds()
                                + " s: is the forwarder running, with role admission?");
            }
        }
    }
}

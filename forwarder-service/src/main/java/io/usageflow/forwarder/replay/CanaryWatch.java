package io.usageflow.forwarder.replay;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.OwnTopicDecoder;
import io.usageflow.forwarder.kafka.OwnTopicDecoder.OnUnreadable;
import io.usageflow.forwarder.replay.ReplayJob.Cancellation;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome;
import io.usageflow.forwarder.replay.ReplayOutcome.CanaryOutcome.Kind;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.SourceCoordinates;
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
import org.jspecify.annotations.Nullable;

/**
 * Waits for the outcome of replayed records. A receipt, a dead letter and a deliverable event each name the record that
 * admission read, so they identify this replay and no other copy of the event. Create it before the records are
 * written. Not thread-safe.
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
    private final OwnTopicDecoder<Receipt> receipts;
    private final OwnTopicDecoder<DeadLetter> deadLetters;
    private final OwnTopicDecoder<DeliverableEvent> deliverables;
    private final Map<At, String> awaited = new HashMap<>();
    private final Set<At> admitted = new HashSet<>();
    private final List<CanaryOutcome> outcomes = new ArrayList<>();

    /** The place of a replayed record. */
    private record At(int partition, long offset) {}

    CanaryWatch(Settings settings) {
        topics = settings.topics().names();
        admissionGroup = settings.admission().engine().applicationId(topics);
        consumer = KafkaClients.reader(
                settings.kafka().client(), Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest"));
        admin = KafkaClients.admin(settings.kafka().client());
        receipts = new OwnTopicDecoder<>(settings.registry().serde(), Receipt.class);
        deadLetters = new OwnTopicDecoder<>(settings.registry().serde(), DeadLetter.class);
        deliverables = new OwnTopicDecoder<>(settings.registry().serde(), DeliverableEvent.class);
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : List.of(topics.deliverable(), topics.receipts(), topics.deadLetters())) {
            consumer.partitionsFor(topic, ANSWER_WITHIN)
                    .forEach(info -> all.add(new TopicPartition(topic, info.partition())));
        }
        consumer.assign(all);
        consumer.seekToEnd(all);
        // Seeking is lazy; asking for the position fixes the end of now.
        all.forEach(partition -> consumer.position(partition, ANSWER_WITHIN));
    }

    void await(String deadLetterId, RecordMetadata replayed) {
        awaited.put(new At(replayed.partition(), replayed.offset()), deadLetterId);
    }

    /**
     * Waits until all have ended, one has failed, or the time is over.
     *
     * @return the outcomes that are known; empty if the job was cancelled
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

    /** Ignores what cannot be read: it is another's, ours would be readable. */
    private void take(ConsumerRecord<byte[], byte[]> record) {
        OnUnreadable ignored = (foreign, why) -> {};
        if (record.topic().equals(topics.receipts())) {
            receipts.read(record, ignored).ifPresent(receipt -> end(at(receipt.getSource()), Kind.DELIVERED, ""));
        } else if (record.topic().equals(topics.deadLetters())) {
            deadLetters
                    .read(record, ignored)
                    .ifPresent(letter -> end(
                            at(letter.getSource()),
                            Kind.DEAD_LETTER,
                            letter.getReason() + ": " + letter.getDetail() + " (dead letter " + letter.getId() + ")"));
        } else {
            deliverables
                    .read(record, ignored)
                    .map(deliverable -> at(deliverable.getSource()))
                    .filter(awaited::containsKey)
                    .ifPresent(admitted::add);
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
     * A record that admission has read and committed, and that has no output by then, waits for a link. The ends are
     * read after the committed offset, so that no output can come in between.
     */
    private void lookForParked() throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = committed();
        for (At at : List.copyOf(awaited.keySet())) {
            OffsetAndMetadata read = committed.get(new TopicPartition(topics.replays(), at.partition()));
            if (read != null && read.offset() > at.offset() && !admitted.contains(at) && isAllRead()) {
                end(
                        at,
                        Kind.PARKED,
                        "it waits for a link of its account or of a vendor ('usageflow links put' releases it), or"
                                + " to be billable: 'usageflow parked list' shows it");
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
            // Not allowed, or admission has no group yet: the timeout ends the wait a little later.
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
                                + " s: check Credyt and the forwarder's /health/ready");
            } else {
                end(
                        at,
                        Kind.NOT_ADMITTED,
                        "not admitted within " + timeout.toSeconds()
                                + " s: check that a forwarder with the role admission is running");
            }
        }
    }
}

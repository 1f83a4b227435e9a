package io.usageflow.forwarder.delivery.intake;

import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.delivery.avro.DeliverableDecoder;
import io.usageflow.forwarder.delivery.avro.DeliverableDecoder.Unpacked;
import io.usageflow.forwarder.delivery.avro.DeliverableLayout;
import io.usageflow.forwarder.delivery.avro.DeliverableLayout.UnsupportedBytesException;
import io.usageflow.forwarder.delivery.avro.EventTranscript;
import io.usageflow.forwarder.delivery.partition.AssignedPartition;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.RecordCutter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Turns deliverable records into events that can be sent. One thread.
 *
 * <p>Most records take the fast path of {@code delivery.avro}. Other records are decoded, which also finds broken ones.
 */
public final class DeliverableReader {
    private final DeliverableDecoder deliverables;
    private final DeliverableLayout layout = new DeliverableLayout();
    private final EventTranscript transcript = new EventTranscript();
    private final LostSchemaWait lostSchemas = new LostSchemaWait();

    /** The result of reading a record: an event or a dead letter. */
    public sealed interface ReadResult {
        <R> R match(Function<PendingEvent, R> onReady, Function<Unreadable, R> onBroken);
    }

    public record Ready(PendingEvent event) implements ReadResult {
        @Override
        public <R> R match(Function<PendingEvent, R> onReady, Function<Unreadable, R> onBroken) {
            return onReady.apply(event);
        }
    }

    public record Unreadable(SourceRecord origin, DeadLetterDraft draft) implements ReadResult {
        @Override
        public <R> R match(Function<PendingEvent, R> onReady, Function<Unreadable, R> onBroken) {
            return onBroken.apply(this);
        }
    }

    public DeliverableReader(DeliverableDecoder deliverables) {
        this.deliverables = deliverables;
    }

    /**
     * Reads a record.
     *
     * @throws KafkaException if the registry is unavailable or has lost the event's schema ({@link RegistryAbsence});
     *     the record must be read again later
     */
    public ReadResult read(ConsumerRecord<byte[], byte[]> record, AssignedPartition partition, Instant now) {
        if (RecordCutter.isCut(record.headers())) {
            return broken(
                    record, partition.log(), "the deliverable record is larger than any that admission writes", now);
        }
        return transcribed(record, partition)
                .map(ReadResult.class::cast)
                .orElseGet(() -> decoded(record, partition, now));
    }

    private Optional<Ready> transcribed(ConsumerRecord<byte[], byte[]> record, AssignedPartition partition) {
        byte[] value = record.value();
        if (value == null || !deliverables.isPlain(value)) {
            return Optional.empty();
        }
        try {
            layout.of(value);
            if (!deliverables.isEventPlain(value, layout.eventAt())) {
                return Optional.empty();
            }
            byte[] json = transcript.json(layout);
            var customer = new Customer(layout.customerExternal(), layout.customer());
            return Optional.of(new Ready(new PendingEvent(partition, record, layout.credytId(), customer, json)));
        } catch (UnsupportedBytesException unusual) {
            return Optional.empty();
        }
    }

    private ReadResult decoded(ConsumerRecord<byte[], byte[]> record, AssignedPartition partition, Instant now) {
        Unpacked unpacked;
        try {
            unpacked = deliverables.unpack(record);
        } catch (SchemaLostException notOurs) {
            // The forwarder has all schemas of its own records for this topic, so this record is not one of them.
            return broken(
                    record,
                    partition.log(),
                    "the deliverable record was not written by this version or an earlier one: " + notOurs.getMessage(),
                    now);
        } catch (SerializationException undecodable) {
            requireNoAbsence(undecodable);
            return broken(
                    record,
                    partition.log(),
                    "the deliverable record cannot be decoded: " + undecodable.getMessage(),
                    now);
        }
        DeliverableEvent deliverable = unpacked.deliverable();
        try {
            byte[] json = EventJson.event(deliverable, deliverables.event(record, unpacked));
            Customer customer = Customer.of(deliverable.getCustomer());
            return new Ready(new PendingEvent(partition, record, deliverable.getCredytEventId(), customer, json));
        } catch (SchemaLostException lost) {
            if (!lostSchemas.isOver(partition.partition(), now)) {
                throw lost;
            }
            return broken(unpacked, "waited " + LostSchemaWait.MAX.toHours() + " h: " + lost.getMessage(), now);
        } catch (SerializationException | IllegalArgumentException unsayable) {
            requireNoAbsence(unsayable);
            return broken(unpacked, "the event cannot be written as JSON: " + unsayable.getMessage(), now);
        }
    }

    private static ReadResult broken(Unpacked unpacked, String detail, Instant now) {
        DeliverableEvent deliverable = unpacked.deliverable();
        DeadLetterDraft draft =
                draft(unpacked.origin(), detail, now).about(deliverable.getEventId(), deliverable.getAccountId(), null);
        return new Unreadable(unpacked.origin(), draft);
    }

    /** Rethrows an unavailable registry, which a custom deserializer may wrap in the same exception as bad bytes. */
    private static void requireNoAbsence(RuntimeException failure) {
        if (RegistryAbsence.isCauseOf(failure)) {
            throw failure;
        }
    }

    private static ReadResult broken(ConsumerRecord<byte[], byte[]> record, LogId log, String detail, Instant now) {
        SourceRecord origin = DeliverableDecoder.raw(record, log);
        return new Unreadable(origin, draft(origin, detail, now));
    }

    private static DeadLetterDraft draft(SourceRecord origin, String detail, Instant now) {
        return DeadLetterDraft.of(origin, DeadLetterStage.DELIVERY, DeadLetterReason.UNDELIVERABLE, detail, now);
    }

    /**
     * Bounds how long a partition waits for lost schemas, which gives an operator the time to restore the registry. The
     * wait ends so that a record cannot block a partition for ever; dead letters are kept longer than waiting events.
     * One thread.
     */
    public static final class LostSchemaWait {
        public static final Duration MAX = Duration.ofHours(1);

        private final Map<TopicPartition, Span> spans = new HashMap<>();

        private record Span(Instant since, Instant last) {}

        /**
         * Notes a record with a lost schema, and returns whether the wait is over. All such records of a partition
         * share one wait, which begins again after an hour without any.
         */
        public boolean isOver(TopicPartition partition, Instant now) {
            Span span = spans.compute(
                    partition,
                    (key, before) -> before == null || isLonger(before.last, now)
                            ? new Span(now, now)
                            : new Span(before.since, now));
            return isLonger(span.since, now);
        }

        private static boolean isLonger(Instant from, Instant until) {
            return Duration.between(from, until).compareTo(MAX) > 0;
        }
    }
}

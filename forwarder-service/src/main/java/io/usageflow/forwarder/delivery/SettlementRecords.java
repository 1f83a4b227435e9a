package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.delivery.Verdict.Dead;
import io.usageflow.forwarder.delivery.avro.Proof;
import io.usageflow.forwarder.delivery.avro.ReceiptBytes;
import io.usageflow.forwarder.delivery.avro.ReceiptBytes.Facts;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;

/** Receipts, dead letters and ledger entries, as delivery writes them. One thread, but for {@link #toRecord}. */
final class SettlementRecords {
    private static final String STAGE = DeadLetterStage.DELIVERY.word();

    private final Topics topics;
    private final ResponseExcerpt excerpt;
    private final RecordBounds bounds;
    private final Deliverables deliverables;
    private final Receipts receipts;
    private final Serializer<DeadLetter> deadLetters;
    private final Serializer<LedgerEntry> ledger;
    private final Serializer<CustomerDeliveryState> customerStates;

    /** Why an event stepped aside: the words for people and the answer that decided it, where there was one. */
    record Death(DeadLetterReason reason, String detail, Optional<Answer.Response> answer) {}

    SettlementRecords(Topics topics, Map<String, ?> serde, ResponseExcerpt excerpt, RecordBounds bounds) {
        this.topics = topics;
        this.excerpt = excerpt;
        this.bounds = bounds;
        this.deliverables = new Deliverables(serde);
        this.receipts = new Receipts(topics.receipts(), deliverables, AvroSerdes.valueSerializer(serde));
        this.deadLetters = AvroSerdes.valueSerializer(serde);
        this.ledger = AvroSerdes.valueSerializer(serde);
        this.customerStates = AvroSerdes.valueSerializer(serde);
    }

    /** What was read with it can be written about while the registry is away. */
    Deliverables deliverables() {
        return deliverables;
    }

    /**
     * Registers the schemas now, so that no event can be at Credyt and its receipt not be writable because the registry is
     * away: the serializers remember the ids for ever.
     *
     * @throws org.apache.kafka.common.KafkaException where the registry is away or refuses a schema
     */
    void warmUp() {
        Instant epoch = Instant.EPOCH;
        var source = new SourceCoordinates("", 0, 0L, epoch, null);
        receipts.warmUp();
        deadLetters.serialize(
                topics.deadLetters(),
                DeadLetterDraft.of(
                                new SourceRecord(
                                        source,
                                        null,
                                        null,
                                        new org.apache.kafka.common.header.internals.RecordHeaders()),
                                DeadLetterStage.DELIVERY,
                                DeadLetterReason.UNDELIVERABLE,
                                "",
                                epoch)
                        .toDeadLetter());
        ledger.serialize(topics.ledger(), new LedgerEntry(STAGE, 0, Map.of(), epoch, null, Map.of()));
        customerStates.serialize(
                topics.deliveryState(),
                new CustomerDeliveryState(new Customer(true, "").reference(), epoch, false, "", epoch, null));
    }

    Settled receipt(PendingEvent event, Proof proof, int httpStatus, Instant now) {
        ConsumerRecord<byte[], byte[]> record = event.deliverable();
        byte[] value = receipts.of(
                record,
                new Facts(
                        proof,
                        httpStatus,
                        event.attempts(),
                        now.toEpochMilli(),
                        new ReceiptBytes.Deliverable(
                                record.partition(),
                                record.offset(),
                                event.partition().log().topicOrNull())));
        return new Settled(proof.known() ? Verdict.ALREADY_KNOWN : Verdict.DELIVERED, record.key(), value);
    }

    Settled dead(PendingEvent event, Death death, Instant now) {
        Deliverables.Unpacked unpacked = deliverables.unpack(event.deliverable());
        DeadLetterDraft draft = DeadLetterDraft.of(
                        unpacked.origin(), DeadLetterStage.DELIVERY, death.reason(), death.detail(), now)
                .about(
                        unpacked.deliverable().getEventId(),
                        unpacked.deliverable().getAccountId(),
                        deliverables.event(event.deliverable(), unpacked).getEventType())
                .attempts(event.attempts())
                .failing(event.firstFailedAt(now), event.lastFailedAt(now))
                .attribute("credyt_event_id", event.credytId())
                .attribute("customer", event.customer().value());
        DeadLetterDraft answered = death.answer()
                .map(response -> draft.answered(response.status(), response.body(), excerpt))
                .orElse(draft);
        return settled(answered);
    }

    /** Of a record that never became an event. */
    Settled undeliverable(DeadLetterDraft draft) {
        return settled(draft);
    }

    private Settled settled(DeadLetterDraft draft) {
        DeadLetterDraft bounded = draft.within(bounds);
        return new Settled(
                new Dead(bounded.reason()),
                bounded.origin().key(),
                deadLetters.serialize(topics.deadLetters(), bounded.toDeadLetter()));
    }

    /** Thread-safe. */
    ProducerRecord<byte[], byte[]> toRecord(Settled settled) {
        String topic = settled.verdict().match(known -> topics.receipts(), reason -> topics.deadLetters());
        return new ProducerRecord<>(topic, settled.key(), settled.value());
    }

    /** @param nextOffset that is committed with them */
    ProducerRecord<byte[], byte[]> ledgerEntry(
            TopicPartition partition, CommittedCounters counters, long nextOffset, Instant now) {
        byte[] key = (STAGE + "-" + partition.partition()).getBytes(StandardCharsets.UTF_8);
        byte[] value = ledger.serialize(
                topics.ledger(),
                new LedgerEntry(
                        STAGE, partition.partition(), counters.byKey(), now, nextOffset, logs(partition, counters)));
        return new ProducerRecord<>(topics.ledger(), key, value);
    }

    private static Map<String, String> logs(TopicPartition partition, CommittedCounters counters) {
        return counters.log().isKnown()
                ? Map.of(partition.topic(), counters.log().text())
                : Map.of();
    }

    /** A tombstone where the customer is well. The partition is that of its deliverable events. */
    ProducerRecord<byte[], byte[]> customerState(FailingCustomers.Change change, Instant now) {
        byte[] value = change.remembered()
                .map(was -> customerStates.serialize(
                        topics.deliveryState(),
                        new CustomerDeliveryState(
                                change.customer().reference(),
                                now.minus(was.failingSince()),
                                was.blocked(),
                                was.cause(),
                                now,
                                was.suspendedSince().map(now::minus).orElse(null))))
                .orElse(null);
        return new ProducerRecord<>(
                topics.deliveryState(),
                change.partition().partition(),
                change.customer().key(),
                value);
    }
}

package io.usageflow.forwarder.delivery;

import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.Origin;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.Verdict.Dead;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;

/** Receipts, dead letters and ledger entries, as delivery writes them. One thread, but for {@link #toRecord}. */
final class SettlementRecords {
    private static final String STAGE = DeadLetterStage.DELIVERY.word();

    private final Topics topics;
    private final ResponseExcerpt excerpt;
    private final Serializer<Receipt> receipts;
    private final Serializer<DeadLetter> deadLetters;
    private final Serializer<LedgerEntry> ledger;
    private final Serializer<CustomerDeliveryState> customerStates;

    /** Why an event stepped aside: the words for people and the answer that decided it, where there was one. */
    record Death(DeadLetterReason reason, String detail, Optional<Answer.Response> answer) {}

    SettlementRecords(Topics topics, Map<String, ?> serde, ResponseExcerpt excerpt) {
        this.topics = topics;
        this.excerpt = excerpt;
        this.receipts = AvroSerdes.valueSerializer(serde);
        this.deadLetters = AvroSerdes.valueSerializer(serde);
        this.ledger = AvroSerdes.valueSerializer(serde);
        this.customerStates = AvroSerdes.valueSerializer(serde);
    }

    /**
     * Registers the schemas now, so that no event can be at Credyt and its receipt not be writable because the registry is
     * away: the serializers remember the ids for ever.
     *
     * @throws org.apache.kafka.common.KafkaException where the registry is away or refuses a schema
     */
    void warmUp() {
        Instant epoch = Instant.EPOCH;
        var source = new SourceCoordinates("", 0, 0L, epoch);
        receipts.serialize(
                topics.receipts(),
                Receipt.newBuilder()
                        .setEventId("")
                        .setAccountId("")
                        .setCredytEventId("")
                        .setCustomer(new Customer(true, "").reference())
                        .setOutcome("")
                        .setHttpStatus(0)
                        .setAttempts(0)
                        .setAcceptedAt(epoch)
                        .setSource(source)
                        .setDeliverablePartition(0)
                        .setDeliverableOffset(0L)
                        .build());
        deadLetters.serialize(
                topics.deadLetters(),
                DeadLetterDraft.of(
                                new Origin(
                                        source,
                                        null,
                                        null,
                                        new org.apache.kafka.common.header.internals.RecordHeaders()),
                                DeadLetterStage.DELIVERY,
                                DeadLetterReason.UNDELIVERABLE,
                                "",
                                epoch)
                        .toDeadLetter());
        ledger.serialize(topics.ledger(), new LedgerEntry(STAGE, 0, Map.of(), epoch, null));
        customerStates.serialize(
                topics.deliveryState(),
                new CustomerDeliveryState(new Customer(true, "").reference(), epoch, false, "", epoch, null));
    }

    Settled receipt(PendingEvent event, boolean known, int httpStatus, Instant now) {
        PendingEvent.Identity identity = event.identity();
        byte[] value = receipts.serialize(
                topics.receipts(),
                Receipt.newBuilder()
                        .setEventId(identity.eventId())
                        .setAccountId(identity.accountId())
                        .setCredytEventId(identity.credytId())
                        .setCustomer(identity.customer().reference())
                        .setOutcome(known ? "ALREADY_KNOWN" : "ACCEPTED")
                        .setHttpStatus(httpStatus)
                        .setAttempts(event.attempts())
                        .setAcceptedAt(now)
                        .setSource(event.origin().source())
                        .setDeliverablePartition(event.partition().partition().partition())
                        .setDeliverableOffset(event.offset())
                        .build());
        return new Settled(
                known ? Verdict.ALREADY_KNOWN : Verdict.DELIVERED,
                event.origin().key(),
                value);
    }

    Settled dead(PendingEvent event, Death death, Instant now) {
        DeadLetterDraft draft = DeadLetterDraft.of(
                        event.origin(), DeadLetterStage.DELIVERY, death.reason(), death.detail(), now)
                .about(
                        event.identity().eventId(),
                        event.identity().accountId(),
                        event.identity().eventType())
                .attempts(event.attempts())
                .failing(event.firstFailedAt(now), event.lastFailedAt(now))
                .attribute("credyt_event_id", event.identity().credytId())
                .attribute("customer", event.identity().customer().value());
        DeadLetterDraft answered = death.answer()
                .map(response -> draft.answered(response.status(), response.body(), excerpt))
                .orElse(draft);
        return settled(event.origin(), answered);
    }

    /** Of a record that never became an event. */
    Settled undeliverable(Origin origin, DeadLetterDraft draft) {
        return settled(origin, draft);
    }

    private Settled settled(Origin origin, DeadLetterDraft draft) {
        return new Settled(
                new Dead(draft.reason()),
                origin.key(),
                deadLetters.serialize(topics.deadLetters(), draft.toDeadLetter()));
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
                topics.ledger(), new LedgerEntry(STAGE, partition.partition(), counters.byKey(), now, nextOffset));
        return new ProducerRecord<>(topics.ledger(), key, value);
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

package io.usageflow.forwarder.delivery.commit;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.EventJsonReader;
import io.usageflow.forwarder.deadletter.DeadLetterDraft;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.DeadLetterStage;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.deadletter.SourceRecord;
import io.usageflow.forwarder.delivery.health.FailureBudgets;
import io.usageflow.forwarder.delivery.health.FailureBudgets.StoredBudget;
import io.usageflow.forwarder.delivery.partition.CommittedCounters;
import io.usageflow.forwarder.delivery.partition.SettledRecord;
import io.usageflow.forwarder.delivery.partition.SettledRecord.SettlementResult.Dead;
import io.usageflow.forwarder.delivery.queue.Customer;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.CustomerDeliveryState;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serializer;

/** Creates delivery's receipts, dead letters and ledger entries. One thread, except {@link #toRecord}. */
public final class OutcomeRecords {
    private static final String STAGE = DeadLetterStage.DELIVERY.word();

    private final Topics topics;
    private final ResponseExcerpt excerpt;
    private final RecordBounds bounds;
    private final Serializer<Receipt> receipts;
    private final Serializer<DeadLetter> deadLetters;
    private final Serializer<LedgerEntry> ledger;
    private final Serializer<CustomerDeliveryState> customerStates;

    /** Why an event becomes a dead letter, and the answer that decided it, if any. */
    public record DeadLetterCause(DeadLetterReason reason, String detail, Optional<Answer.Response> answer) {}

    public OutcomeRecords(Topics topics, Map<String, ?> serde, ResponseExcerpt excerpt, RecordBounds bounds) {
        this.topics = topics;
        this.excerpt = excerpt;
        this.bounds = bounds;
        this.receipts = AvroSerdes.valueSerializer(serde);
        this.deadLetters = AvroSerdes.valueSerializer(serde);
        this.ledger = AvroSerdes.valueSerializer(serde);
        this.customerStates = AvroSerdes.valueSerializer(serde);
    }

    /**
     * Registers the schemas, whose ids the serializers keep. Otherwise an unavailable registry could prevent the
     * receipt of an event that Credyt has accepted.
     *
     * @throws org.apache.kafka.common.KafkaException if the registry is unavailable or refuses a schema
     */
    public void warmUp() {
        Instant epoch = Instant.EPOCH;
        var source = new SourceCoordinates("", 0, 0L, epoch, null);
        receipts.serialize(
                topics.receipts(),
                new Receipt("", "", "", new Customer(true, "").reference(), "", 0, 0, epoch, source, 0, 0L, null, ""));
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

    public SettledRecord receipt(PendingEvent event, Proof proof, int httpStatus, Instant now) {
        var receipt = new Receipt(
                event.eventId(),
                event.accountId(),
                event.credytId(),
                event.customer().reference(),
                proof.outcome(),
                httpStatus,
                event.attempts(),
                now,
                event.origin().source(),
                event.partition().partition().partition(),
                event.offset(),
                event.partition().log().topicOrNull(),
                proof.word());
        return new SettledRecord(
                proof.known() ? SettledRecord.ALREADY_KNOWN : SettledRecord.DELIVERED,
                event.origin().key(),
                receipts.serialize(topics.receipts(), receipt));
    }

    public SettledRecord dead(PendingEvent event, DeadLetterCause cause, Instant now) {
        DeadLetterDraft draft = DeadLetterDraft.of(
                        event.origin(), DeadLetterStage.DELIVERY, cause.reason(), cause.detail(), now)
                .about(
                        event.eventId(),
                        event.accountId(),
                        EventJsonReader.eventType(event.json()).orElse(null))
                .attempts(event.attempts())
                .failing(event.firstFailedAt(now), event.lastFailedAt(now))
                .attribute("credyt_event_id", event.credytId())
                .attribute("customer", event.customer().value());
        DeadLetterDraft placed = event.customer()
                .account()
                .map(account -> draft.attribute("credyt_account", account))
                .orElse(draft);
        DeadLetterDraft answered = cause.answer()
                .map(response -> placed.answered(response.status(), response.body(), excerpt))
                .orElse(placed);
        return record(answered);
    }

    /** The dead letter of a record that never became an event. */
    public SettledRecord undeliverable(DeadLetterDraft draft) {
        return record(draft);
    }

    private SettledRecord record(DeadLetterDraft draft) {
        DeadLetterDraft bounded = draft.within(bounds);
        return new SettledRecord(
                new Dead(bounded.reason()),
                bounded.origin().key(),
                deadLetters.serialize(topics.deadLetters(), bounded.toDeadLetter()));
    }

    /** Thread-safe. */
    ProducerRecord<byte[], byte[]> toRecord(SettledRecord record) {
        String topic = record.result().match(known -> topics.receipts(), reason -> topics.deadLetters());
        return new ProducerRecord<>(topic, record.key(), record.value());
    }

    /** A partition's ledger entry, committed together with {@code nextOffset}. */
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

    /**
     * A customer's state in the partition of its deliverable events: a record about failures and one about a lack of
     * funds. Either is a tombstone if the customer has no such trouble.
     */
    List<ProducerRecord<byte[], byte[]>> customerStates(FailureBudgets.BudgetChange change, Instant now) {
        Optional<StoredBudget> stored = change.remembered();
        Customer customer = change.customer();
        return List.of(
                customerState(change, customer.key(), stored.filter(was -> !was.lacksFunds()), now),
                customerState(change, customer.unfundedKey(), stored.filter(StoredBudget::lacksFunds), now));
    }

    private ProducerRecord<byte[], byte[]> customerState(
            FailureBudgets.BudgetChange change, byte[] key, Optional<StoredBudget> stored, Instant now) {
        byte[] value = stored.map(was -> customerStates.serialize(
                        topics.deliveryState(),
                        new CustomerDeliveryState(
                                change.customer().reference(),
                                now.minus(was.failingSince()),
                                was.blocked(),
                                was.cause(),
                                now,
                                was.suspendedSince().map(now::minus).orElse(null))))
                .orElse(null);
        return new ProducerRecord<>(topics.deliveryState(), change.partition().partition(), key, value);
    }

    /** The proof that Credyt has an event. */
    public enum Proof {
        /** The answer to its request accepted it. */
        ACCEPTED("ACCEPTED", "ANSWER"),
        /** The answer was unclear, and {@code GET /events/{id}} found the event. */
        LOOKUP("ALREADY_KNOWN", "LOOKUP");

        private final String outcome;
        private final String word;

        Proof(String outcome, String word) {
            this.outcome = outcome;
            this.word = word;
        }

        /** The receipt's {@code outcome}. */
        String outcome() {
            return outcome;
        }

        /** The receipt's {@code proof}. */
        String word() {
            return word;
        }

        public boolean known() {
            return this == LOOKUP;
        }
    }
}

package io.usageflow.forwarder.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.DeadLetterCause;
import io.usageflow.forwarder.delivery.commit.OutcomeRecords.Proof;
import io.usageflow.forwarder.delivery.intake.DeliverableReader;
import io.usageflow.forwarder.delivery.queue.PendingEvent;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.avro.WireFormat;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import io.usageflow.schema.registry.SchemaRegistry.Compatibility;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The upgrade from the version whose deliverable records had no JSON, and the way back. */
class RecordedDeliverableTest {
    private static final Topics TOPICS = Topics.withDefaultPrefix();

    private final String scope = UUID.randomUUID().toString();
    private final Map<String, String> serde = Map.of("schema.registry.url", "mock://" + scope);
    private final DeliverableReader reader = new DeliverableReader(serde);
    private final OutcomeRecords outcomes =
            new OutcomeRecords(TOPICS, serde, new ResponseExcerpt(List::of), RecordBounds.of(262_144));

    @BeforeEach
    void registerSchemas() {
        RecordedDeliverable.register(InMemorySchemaRegistry.ofScope(scope));
    }

    @AfterEach
    void forgetSchemas() {
        InMemorySchemaRegistry.dropScope(scope);
        InMemorySchemaRegistry.dropScope(scope + "-restored");
    }

    @Test
    void shouldSendTheBytesThatTheEarlierVersionSent() {
        assertThat(RecordedDeliverable.recorded()).hasSize(4).allSatisfy(recorded -> assertThat(
                        new String(read(recorded).json(), UTF_8))
                .isEqualTo(recorded.json()));
    }

    /** No release wrote these records, so their schema is carried for them alone. */
    @Test
    void shouldSendTheSameBytesAfterTheRegistryWasLost() {
        var lost = new DeliverableReader(Map.of("schema.registry.url", "mock://" + scope + "-restored"));

        assertThat(RecordedDeliverable.recorded()).hasSize(4).allSatisfy(recorded -> assertThat(
                        new String(read(lost, recorded).json(), UTF_8))
                .isEqualTo(recorded.json()));
    }

    @Test
    void shouldWriteReceiptsAndDeadLettersOfItsRecords() {
        for (RecordedDeliverable recorded : RecordedDeliverable.recorded()) {
            PendingEvent event = read(recorded);
            GenericRecord written = generic(recorded.value(), RecordedDeliverable.schema("DeliverableEvent"));

            Receipt receipt = AvroSerdes.valueDeserializer(serde, Receipt.class)
                    .deserialize(
                            TOPICS.receipts(),
                            outcomes.receipt(event, Proof.ACCEPTED, 202, Instant.EPOCH)
                                    .value());
            DeadLetter letter = AvroSerdes.valueDeserializer(serde, DeadLetter.class)
                    .deserialize(
                            TOPICS.deadLetters(),
                            outcomes.dead(
                                            event,
                                            new DeadLetterCause(DeadLetterReason.REJECTED, "why", Optional.empty()),
                                            Instant.EPOCH)
                                    .value());

            assertThat(receipt.getEventId()).hasToString(written.get("event_id").toString());
            assertThat(receipt.getCredytEventId())
                    .hasToString(written.get("credyt_event_id").toString());
            assertThat(receipt.getCustomer().getValue())
                    .isEqualTo(((GenericRecord) written.get("customer"))
                            .get("value")
                            .toString());
            assertThat(receipt.getSource().getTopicId()).isEqualTo("log-1");
            assertThat(letter.getOriginalValue()).isEqualTo((ByteBuffer) written.get("event"));
            assertThat(letter.getEventId()).hasToString(written.get("event_id").toString());
            assertThat(letter.getEventType()).isEqualTo("message_completed");
        }
    }

    /** A rollback: the earlier version finds all its fields in the new records. */
    @Test
    void shouldBeReadByTheEarlierVersion() {
        Schema earlier = RecordedDeliverable.schema("DeliverableEvent");
        Schema now = AvroSerdes.asRegistered(DeliverableEvent.getClassSchema());
        RecordedDeliverable recorded = RecordedDeliverable.recorded().get(2);
        DeliverableEvent deliverable = AvroSerdes.ownValueDeserializer(serde, DeliverableEvent.class)
                .deserialize(TOPICS.deliverable(), recorded.value());
        deliverable.setJson(ByteBuffer.wrap(recorded.json().getBytes(UTF_8)));

        byte[] value = AvroSerdes.<DeliverableEvent>valueSerializer(serde).serialize(TOPICS.deliverable(), deliverable);

        assertThat(value)
                .hasSizeGreaterThan(recorded.value().length + recorded.json().length());
        assertThat(generic(value, now, earlier)).isEqualTo(generic(recorded.value(), earlier));
        assertThat(Compatibility.BACKWARD.allows(now, List.of(earlier))).isTrue();
        assertThat(Compatibility.BACKWARD.allows(earlier, List.of(now))).isTrue();
    }

    private PendingEvent read(RecordedDeliverable recorded) {
        return read(reader, recorded);
    }

    private static PendingEvent read(DeliverableReader reader, RecordedDeliverable recorded) {
        var record = new ConsumerRecord<>(
                TOPICS.deliverable(), 0, 0L, recorded.account().getBytes(UTF_8), recorded.value());
        return reader.read(record, Fixtures.partition(0), Instant.EPOCH).match(event -> event, broken -> {
            throw new AssertionError(broken.draft());
        });
    }

    private static GenericRecord generic(byte[] value, Schema written) {
        return generic(value, written, written);
    }

    private static GenericRecord generic(byte[] value, Schema written, Schema reader) {
        try {
            return new GenericDatumReader<GenericRecord>(written, reader)
                    .read(
                            null,
                            DecoderFactory.get()
                                    .binaryDecoder(
                                            value,
                                            WireFormat.HEADER_BYTES,
                                            value.length - WireFormat.HEADER_BYTES,
                                            null));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

package io.usageflow.forwarder.delivery.avro;

import io.usageflow.forwarder.delivery.avro.DeliverableLayout.UnsupportedBytesException;
import io.usageflow.forwarder.delivery.avro.ReceiptBytes.Facts;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.serde.AvroSerdes;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes receipts from the deliverable record's bytes, or from the decoded record if the bytes are unsupported or the
 * user has a custom serializer. One thread.
 */
public final class ReceiptEncoder {
    private final String topic;
    private final DeliverableDecoder deliverables;
    private final Serializer<Receipt> serializer;
    private final DeliverableLayout layout = new DeliverableLayout();
    /** Null until the schema id is known. */
    private @Nullable ReceiptBytes bytes;

    public ReceiptEncoder(String topic, DeliverableDecoder deliverables, Serializer<Receipt> serializer) {
        this.topic = topic;
        this.deliverables = deliverables;
        this.serializer = serializer;
    }

    /** Registers the schema, so that receipts can be written without the registry. */
    public void warmUp() {
        var nowhere = new SourceCoordinates("", 0, 0L, Instant.EPOCH, null);
        serialize(Receipt.newBuilder()
                .setEventId("")
                .setAccountId("")
                .setCredytEventId("")
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, ""))
                .setOutcome("")
                .setHttpStatus(0)
                .setAttempts(0)
                .setAcceptedAt(Instant.EPOCH)
                .setSource(nowhere)
                .setDeliverablePartition(0)
                .setDeliverableOffset(0L)
                .setProof("")
                .build());
    }

    public byte[] of(ConsumerRecord<byte[], byte[]> deliverable, Facts facts) {
        return copied(deliverable.value(), facts)
                .orElseGet(
                        () -> serialize(receipt(deliverables.unpack(deliverable).deliverable(), facts)));
    }

    private Optional<byte[]> copied(byte[] deliverable, Facts facts) {
        if (bytes == null || !deliverables.isPlain(deliverable)) {
            return Optional.empty();
        }
        try {
            return Optional.of(bytes.of(layout.of(deliverable), facts));
        } catch (UnsupportedBytesException unusual) {
            return Optional.empty();
        }
    }

    private byte[] serialize(Receipt receipt) {
        byte[] serialized = serializer.serialize(topic, receipt);
        if (AvroSerdes.isPlain(serializer)) {
            bytes = new ReceiptBytes(serialized);
        }
        return serialized;
    }

    static Receipt receipt(DeliverableEvent deliverable, Facts facts) {
        return Receipt.newBuilder()
                .setEventId(deliverable.getEventId())
                .setAccountId(deliverable.getAccountId())
                .setCredytEventId(deliverable.getCredytEventId())
                .setCustomer(deliverable.getCustomer())
                .setOutcome(facts.proof().outcome())
                .setHttpStatus(facts.httpStatus())
                .setAttempts(facts.attempts())
                .setAcceptedAt(Instant.ofEpochMilli(facts.acceptedAt()))
                .setSource(deliverable.getSource())
                .setDeliverablePartition(facts.deliverable().partition())
                .setDeliverableOffset(facts.deliverable().offset())
                .setDeliverableTopicId(facts.deliverable().topicId())
                .setProof(facts.proof().word())
                .build();
    }
}

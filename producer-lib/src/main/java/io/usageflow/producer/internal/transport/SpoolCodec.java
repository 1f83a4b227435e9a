package io.usageflow.producer.internal.transport;

import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.producer.internal.encode.EventEncoder;
import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import io.usageflow.schema.serde.AvroSerdes.UnregisteredAvro;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a topic's values for the spool, and for Kafka when they leave it. Until the registry has given the schema an id,
 * values are spooled without it, readable with the schema in their segment, and get the id when they are drained. After
 * that they are spooled as they go to Kafka, so that draining copies bytes. Thread-safe, except {@link #wire}, which one
 * thread calls.
 */
final class SpoolCodec {
    private static final Serializer<SpecificRecord> WITHOUT_ID = EventEncoder.over(UnregisteredAvro.serializer());

    private final String topic;
    private final Class<? extends SpecificRecord> type;
    private final Serializer<SpecificRecord> serializer;
    private volatile boolean registered;

    private @Nullable String writtenWith;
    private @Nullable Deserializer<? extends SpecificRecord> reader;

    /** This release cannot read the bytes as such a record. */
    static final class UnreadableException extends KafkaException {
        private static final long serialVersionUID = 1L;

        UnreadableException(Throwable cause) {
            super("its bytes cannot be read: " + cause.getMessage(), cause);
        }
    }

    SpoolCodec(String topic, Class<? extends SpecificRecord> type, Serializer<SpecificRecord> serializer) {
        this.topic = topic;
        this.type = type;
        this.serializer = serializer;
    }

    /**
     * Encodes for the spool, without asking the registry for a schema id that is not known yet.
     *
     * @throws RuntimeException if the record cannot be encoded
     */
    void encode(PendingRecord<?> record) {
        SpecificRecord content = record.content();
        if (content == null) {
            return;
        }
        if (registered) {
            record.encodedForSpool(RecordKind.WIRE, serializer.serialize(topic, content));
        } else {
            record.encodedForSpool(RecordKind.BARE, WITHOUT_ID.serialize(topic, content));
        }
    }

    /**
     * The value as it goes to Kafka. May ask the registry.
     *
     * @throws UnreadableException if that will never be possible
     */
    byte @Nullable [] wire(SpoolRecord record) {
        byte[] value = record.value();
        if (record.kind() != RecordKind.BARE || value == null) {
            return value;
        }
        SpecificRecord content;
        try {
            content = reader(record.segment().schema()).deserialize(topic, value);
        } catch (RuntimeException e) {
            throw new UnreadableException(e);
        }
        byte[] wire = serializer.serialize(record.segment().topic(), content);
        registered |= record.segment().topic().equals(topic);
        return wire;
    }

    private Deserializer<? extends SpecificRecord> reader(String schema) {
        Deserializer<? extends SpecificRecord> known = reader;
        if (known == null || !schema.equals(writtenWith)) {
            known = UnregisteredAvro.deserializer(new Schema.Parser().parse(schema), type);
            reader = known;
            writtenWith = schema;
        }
        return known;
    }
}

package io.usageflow.producer.internal;

import io.usageflow.producer.spool.RecordKind;
import io.usageflow.producer.spool.SpoolRecord;
import io.usageflow.schema.serde.UnregisteredAvro;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * A topic's values on their way into the spool and out of it. Until the registry has given the schema an id they are kept
 * without one, readable by the schema that stands in their segment, and get it on the way out; from then on they are kept
 * as they go to Kafka, so that draining is copying. Thread-safe, but for {@link #wire}, which one thread calls.
 */
final class SpooledValues {
    private static final Serializer<SpecificRecord> WITHOUT_ID = EventEncoder.over(UnregisteredAvro.serializer());

    private final String topic;
    private final Class<? extends SpecificRecord> type;
    private final Serializer<SpecificRecord> serializer;
    private volatile boolean registered;

    private @Nullable String writtenWith;
    private @Nullable Deserializer<? extends SpecificRecord> reader;

    /** The bytes are no such record for this release. */
    static final class UnreadableException extends KafkaException {
        private static final long serialVersionUID = 1L;

        UnreadableException(Throwable cause) {
            super("its bytes cannot be read: " + cause.getMessage(), cause);
        }
    }

    SpooledValues(String topic, Class<? extends SpecificRecord> type, Serializer<SpecificRecord> serializer) {
        this.topic = topic;
        this.type = type;
        this.serializer = serializer;
    }

    /**
     * Encodes for the spool, without asking the registry for what is not known yet.
     *
     * @throws RuntimeException where the record cannot be encoded
     */
    void encode(Parcel<?> parcel) {
        SpecificRecord content = parcel.content();
        if (content == null) {
            return;
        }
        if (registered) {
            parcel.spooledAs(RecordKind.WIRE, serializer.serialize(topic, content));
        } else {
            parcel.spooledAs(RecordKind.BARE, WITHOUT_ID.serialize(topic, content));
        }
    }

    /**
     * As it goes to Kafka. May ask the registry.
     *
     * @throws UnreadableException where that will never be possible
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

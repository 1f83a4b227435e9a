package io.usageflow.producer.internal.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.producer.internal.encode.EventEncoder;
import io.usageflow.producer.internal.spool.drain.SpoolSender;
import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import io.usageflow.producer.internal.spool.segment.SpoolRecord.RecordKind;
import io.usageflow.schema.serde.AvroSerdes.UnregisteredAvro;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends spooled records with a Kafka client.
 *
 * <p><b>The first failure closes the client</b>, from within its callback, before it can send anything more. An
 * idempotent client that continues after a batch failed for good gives later batches new sequence numbers, and would
 * write an account's later events before the failed one. The broker refuses batches that were sent together with the
 * failed one, because their sequence numbers leave a gap.
 */
final class KafkaSpoolSender implements SpoolSender {
    private final Supplier<Producer<byte[], byte[]>> clients;
    private final SpoolCodec codec;

    private @Nullable Client client;

    /** One Kafka client and its state. */
    private static final class Client {
        private final Producer<byte[], byte[]> producer;
        private volatile boolean broken;

        Client(Producer<byte[], byte[]> producer) {
            this.producer = producer;
        }
    }

    /** The sending thread during a send, and the failure that was reported to it meanwhile. */
    private @Nullable Thread sending;

    private @Nullable Exception refusal;

    /** @param clients a new one each time, with a bounded {@code max.block.ms} and no bound of delivery */
    KafkaSpoolSender(Supplier<Producer<byte[], byte[]>> clients, SpoolCodec codec) {
        this.clients = clients;
        this.codec = codec;
    }

    /** Creates the first client early, so that wrong settings are reported at once. */
    void connect() {
        if (client == null) {
            client = new Client(clients.get());
        }
    }

    @Override
    public SendResult send(SpoolRecord record, Callback answer) {
        byte[] value;
        try {
            value = codec.wire(record);
        } catch (SpoolCodec.UnreadableException e) {
            return SendResult.permanent(PendingRecord.describe(e));
        } catch (RuntimeException e) {
            return SendResult.retriable(PendingRecord.describe(e));
        }
        try {
            connect();
            return client == null ? SendResult.retriable("no client") : send(client, record, value, answer);
        } catch (RuntimeException e) {
            return SendResult.retriable(PendingRecord.describe(e));
        }
    }

    @Override
    public void reconnect() {
        close(Duration.ZERO);
    }

    @Override
    public void close(Duration timeout) {
        Client ending = client;
        client = null;
        if (ending != null) {
            ending.producer.close(timeout);
        }
    }

    private SendResult send(Client by, SpoolRecord record, byte @Nullable [] value, Callback answer) {
        refusal = null;
        sending = Thread.currentThread();
        try {
            var unused = by.producer.send(
                    new ProducerRecord<>(
                            record.segment().topic(), null, null, record.key(), value, headers(record.traceparent())),
                    (metadata, failure) -> answered(by, answer, failure));
        } finally {
            sending = null;
        }
        Exception refused = refusal;
        if (refused == null) {
            return SendResult.ACCEPTED;
        }
        return isFinal(refused)
                ? SendResult.permanent(PendingRecord.describe(refused))
                : SendResult.retriable(PendingRecord.describe(refused));
    }

    /** Runs on Kafka's thread; or on the sending thread if the client did not accept the record. */
    private void answered(Client by, Callback answer, @Nullable Exception failure) {
        if (failure == null) {
            answer.acknowledged();
        } else if (sending == Thread.currentThread()) {
            refusal = failure;
        } else {
            boolean first = !by.broken;
            if (first) {
                by.broken = true;
                // Within a callback, close only marks the client and returns.
                by.producer.close(Duration.ZERO);
            }
            answer.failed(
                    PendingRecord.describe(failure),
                    isFinal(failure) ? FailureKind.PERMANENT : first ? FailureKind.RETRIABLE : FailureKind.COLLATERAL);
        }
    }

    /** Whether retrying cannot help. Missing rights, topics and leaders can come back. */
    private static boolean isFinal(Exception failure) {
        return failure instanceof RecordTooLargeException
                || failure instanceof RecordBatchTooLargeException
                || failure instanceof InvalidRecordException
                || failure instanceof InvalidTimestampException
                || failure instanceof UnsupportedForMessageFormatException;
    }

    private static @Nullable List<Header> headers(@Nullable String traceparent) {
        return traceparent == null
                ? null
                : List.of(new RecordHeader(EventHeaders.TRACEPARENT, traceparent.getBytes(US_ASCII)));
    }

    /**
     * Encodes a topic's values for the spool, and for Kafka when they leave it. Until the registry has given the schema
     * an id, values are spooled without it, readable with the schema in their segment, and get the id when they are
     * drained. After that they are spooled as they go to Kafka, so that draining copies bytes. Thread-safe, except
     * {@link #wire}, which one thread calls.
     */
    static final class SpoolCodec {
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
}

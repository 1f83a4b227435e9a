package io.usageflow.producer.internal.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.producer.internal.spool.drain.SpoolSender;
import io.usageflow.producer.internal.spool.segment.SpoolRecord;
import io.usageflow.schema.topic.EventHeaders;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Sends spooled records with a Kafka client.
 *
 * <p><b>The first failure closes the client</b>, from within its callback, before it can send anything more. An idempotent
 * client that continues after a batch failed for good gives later batches new sequence numbers, and would write an
 * account's later events before the failed one. The broker refuses batches that were sent together with the failed one,
 * because their sequence numbers leave a gap.
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
}

package io.usageflow.producer.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.producer.spool.Carrier;
import io.usageflow.producer.spool.SpoolRecord;
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
 * Sends spooled records with Kafka's client.
 *
 * <p><b>The first failure ends the client</b>, from within its own callback, before it can send anything more: an
 * idempotent client that goes on after a batch has failed for good gives the following ones new sequence numbers, and
 * would put an account's later events before the failed one. What had been sent together with the failed batch is refused
 * by the broker, whose sequence numbers then have a gap.
 */
final class KafkaCarrier implements Carrier {
    private final Supplier<Producer<byte[], byte[]>> clients;
    private final SpooledValues values;

    private @Nullable Client client;

    /** Of one client of Kafka. */
    private static final class Client {
        private final Producer<byte[], byte[]> producer;
        private volatile boolean broken;

        Client(Producer<byte[], byte[]> producer) {
            this.producer = producer;
        }
    }

    /** The one thread that sends, while it does; and what it was told then. */
    private @Nullable Thread sending;

    private @Nullable Exception refusal;

    /** @param clients a new one each time, with a bounded {@code max.block.ms} and no bound of delivery */
    KafkaCarrier(Supplier<Producer<byte[], byte[]>> clients, SpooledValues values) {
        this.clients = clients;
        this.values = values;
    }

    /** Makes the first client ahead of time, so that what is wrong with its settings is told at once. */
    void connect() {
        if (client == null) {
            client = new Client(clients.get());
        }
    }

    @Override
    public Handing send(SpoolRecord record, Answer answer) {
        byte[] value;
        try {
            value = values.wire(record);
        } catch (SpooledValues.UnreadableException e) {
            return Handing.never(KafkaOutlet.explain(e));
        } catch (RuntimeException e) {
            return Handing.later(KafkaOutlet.explain(e));
        }
        try {
            connect();
            return client == null ? Handing.later("no client") : send(client, record, value, answer);
        } catch (RuntimeException e) {
            return Handing.later(KafkaOutlet.explain(e));
        }
    }

    @Override
    public void renew() {
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

    private Handing send(Client by, SpoolRecord record, byte @Nullable [] value, Answer answer) {
        refusal = null;
        sending = Thread.currentThread();
        try {
            by.producer.send(
                    new ProducerRecord<>(
                            record.segment().topic(), null, null, record.key(), value, headers(record.traceparent())),
                    (metadata, failure) -> answered(by, answer, failure));
        } finally {
            sending = null;
        }
        Exception refused = refusal;
        if (refused == null) {
            return Handing.TAKEN;
        }
        return isFinal(refused)
                ? Handing.never(KafkaOutlet.explain(refused))
                : Handing.later(KafkaOutlet.explain(refused));
    }

    /** On Kafka's thread; or on the one that sends, for what Kafka's client never took. */
    private void answered(Client by, Answer answer, @Nullable Exception failure) {
        if (failure == null) {
            answer.acknowledged();
        } else if (sending == Thread.currentThread()) {
            refusal = failure;
        } else {
            boolean first = !by.broken;
            if (first) {
                by.broken = true;
                // Within a callback it only says so and returns.
                by.producer.close(Duration.ZERO);
            }
            answer.failed(
                    KafkaOutlet.explain(failure),
                    isFinal(failure) ? Verdict.NEVER : first ? Verdict.LATER : Verdict.COLLATERAL);
        }
    }

    /** What no waiting mends. Rights, topics and leaders come back. */
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

package io.usageflow.producer.internal.buffer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.producer.NotDurableException;
import io.usageflow.producer.internal.accounting.PendingRecord;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.text.VisibleText;
import io.usageflow.schema.topic.Topics.EventHeaders;
import java.io.IOException;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encodes with the registry's schema id, and sends with a {@link Producer}. The producer's {@code max.block.ms} is the
 * time that a caller may wait. It is 0 by default: then {@code send} returns at once if metadata or room is missing.
 * Thread-safe.
 */
public final class KafkaRecordSender implements RecordSender {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaRecordSender.class);

    private final Producer<byte[], byte[]> producer;
    private final Serializer<SpecificRecord> serializer;
    private final String topic;
    private final SpecificRecord probe;

    /** The last warning of {@link #warmUp}. Used by its thread only. */
    private @Nullable String lastWarning;

    /** @param probe a record of the topic's type: encoded by {@link #warmUp}, never sent */
    public KafkaRecordSender(
            Producer<byte[], byte[]> producer,
            Serializer<SpecificRecord> serializer,
            String topic,
            SpecificRecord probe) {
        this.producer = producer;
        this.serializer = serializer;
        this.topic = topic;
        this.probe = probe;
    }

    @Override
    public boolean warmUp() {
        try {
            serializer.serialize(topic, probe);
            producer.partitionsFor(topic);
            return true;
        } catch (TimeoutException e) {
            // The metadata request is in flight. Without max.block.ms this is the usual first result.
            LOG.debug("event=no_metadata_yet topic={}", topic, e);
            return false;
        } catch (RuntimeException e) {
            // Not an event's failure: an event that meets the same error waits, or fails on its own.
            String text = PendingRecord.describe(e);
            if (!text.equals(lastWarning)) {
                lastWarning = text;
                LOG.warn("event=not_ready_to_publish topic={} why={}", topic, VisibleText.logged(text));
            }
            return false;
        }
    }

    @Override
    public boolean encode(PendingRecord<?> record) {
        return tryEncode(record) == null;
    }

    private @Nullable RuntimeException tryEncode(PendingRecord<?> record) {
        if (record.isEncoded()) {
            return null;
        }
        try {
            record.encodedAs(serializer.serialize(topic, record.content()));
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Override
    public Outcome send(PendingRecord<?> record) {
        RuntimeException failure = tryEncode(record);
        if (failure != null) {
            return classify(record, failure);
        }
        record.beforeSend();
        Throwable refusal;
        try {
            var unused = producer.send(record(record), record);
            refusal = record.afterSend();
        } catch (RuntimeException e) {
            record.afterSend();
            refusal = e;
        }
        return refusal == null ? Outcome.ACCEPTED : classify(record, refusal);
    }

    /** Kafka does not have the record in any of these cases. */
    private static Outcome classify(PendingRecord<?> record, Throwable refusal) {
        if (refusal instanceof BufferExhaustedException) {
            return Outcome.BUFFER_FULL;
        }
        // An interrupt can only come from the waits before the record is appended.
        if (refusal instanceof TimeoutException || refusal instanceof InterruptException || isRegistryAway(refusal)) {
            record.hinderedBy(refusal);
            return Outcome.RETRY;
        }
        record.fail(new NotDurableException(record.id(), PendingRecord.describe(refusal), refusal));
        return Outcome.FAILED;
    }

    /** Another serializer may wrap a network failure in any {@link IOException}: encoding in memory throws none. */
    private static boolean isRegistryAway(Throwable failure) {
        return RegistryAbsence.isCauseOf(failure)
                || (failure instanceof SerializationException && failure.getCause() instanceof IOException);
    }

    private ProducerRecord<byte[], byte[]> record(PendingRecord<?> record) {
        return new ProducerRecord<>(topic, null, null, record.key(), record.value(), headers(record.traceparent()));
    }

    private static @Nullable List<Header> headers(@Nullable String traceparent) {
        return traceparent == null
                ? null
                : List.of(new RecordHeader(EventHeaders.TRACEPARENT, traceparent.getBytes(US_ASCII)));
    }
}

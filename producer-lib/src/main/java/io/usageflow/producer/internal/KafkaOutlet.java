package io.usageflow.producer.internal;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.usageflow.producer.NotDurableException;
import io.usageflow.schema.registry.RegistryUnavailableException;
import io.usageflow.schema.text.VisibleText;
import io.usageflow.schema.topic.EventHeaders;
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
 * Encodes with the registry's schema id and sends with a {@link Producer} whose {@code max.block.ms} is what a caller may
 * wait, 0 by default: then {@code send} answers at once when it lacks metadata or room. Thread-safe.
 */
final class KafkaOutlet implements Outlet {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaOutlet.class);

    private final Producer<byte[], byte[]> producer;
    private final Serializer<SpecificRecord> serializer;
    private final String topic;
    private final SpecificRecord sample;

    /** Only {@link #warm}'s thread: the last hindrance it told of. */
    private @Nullable String toldOf;

    /** @param sample of what the topic holds: encoded ahead of time, never sent */
    KafkaOutlet(
            Producer<byte[], byte[]> producer,
            Serializer<SpecificRecord> serializer,
            String topic,
            SpecificRecord sample) {
        this.producer = producer;
        this.serializer = serializer;
        this.topic = topic;
        this.sample = sample;
    }

    @Override
    public boolean warm() {
        try {
            serializer.serialize(topic, sample);
            producer.partitionsFor(topic);
            return true;
        } catch (TimeoutException e) {
            // The request for metadata is under way; without max.block.ms that is the usual first answer.
            LOG.debug("no metadata yet, topic={}", topic, e);
            return false;
        } catch (RuntimeException e) {
            // Not an event's failure. An event that meets it will wait, or fail with it, by itself.
            String text = explain(e);
            if (!text.equals(toldOf)) {
                toldOf = text;
                LOG.warn("not ready to publish yet, topic={} because={}", topic, VisibleText.logged(text));
            }
            return false;
        }
    }

    @Override
    public boolean encode(Parcel<?> parcel) {
        return tryEncode(parcel) == null;
    }

    private @Nullable RuntimeException tryEncode(Parcel<?> parcel) {
        if (parcel.isEncoded()) {
            return null;
        }
        try {
            parcel.encodedAs(serializer.serialize(topic, parcel.content()));
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Override
    public Attempt attempt(Parcel<?> parcel) {
        RuntimeException failure = tryEncode(parcel);
        if (failure != null) {
            return judge(parcel, failure);
        }
        parcel.handingOver();
        Throwable refusal;
        try {
            producer.send(record(parcel), parcel);
            refusal = parcel.handedOver();
        } catch (RuntimeException e) {
            parcel.handedOver();
            refusal = e;
        }
        return refusal == null ? Attempt.TAKEN : judge(parcel, refusal);
    }

    /** In all these cases Kafka does not have the record. */
    private static Attempt judge(Parcel<?> parcel, Throwable refusal) {
        if (refusal instanceof BufferExhaustedException) {
            return Attempt.NO_ROOM;
        }
        // An interrupt, too, comes only from the waits before the record is appended.
        if (refusal instanceof TimeoutException || refusal instanceof InterruptException || isRegistryAway(refusal)) {
            parcel.hinderedBy(refusal);
            return Attempt.LATER;
        }
        parcel.fail(new NotDurableException(parcel.id(), explain(refusal), refusal));
        return Attempt.FAILED;
    }

    /** Ours says so; Confluent's serializer wraps an {@link IOException}. */
    private static boolean isRegistryAway(Throwable failure) {
        return failure instanceof RegistryUnavailableException
                || (failure instanceof SerializationException && failure.getCause() instanceof IOException);
    }

    static String explain(Throwable failure) {
        String name = failure.getClass().getSimpleName();
        return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }

    private ProducerRecord<byte[], byte[]> record(Parcel<?> parcel) {
        return new ProducerRecord<>(topic, null, null, parcel.key(), parcel.value(), headers(parcel.traceparent()));
    }

    private static @Nullable List<Header> headers(@Nullable String traceparent) {
        return traceparent == null
                ? null
                : List.of(new RecordHeader(EventHeaders.TRACEPARENT, traceparent.getBytes(US_ASCII)));
    }
}

package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.table.TemporaryTable;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeadLetterMark;
import io.usageflow.schema.id.Uuids;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.text.VisibleText;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest answer to each dead letter at the time the marks' topic was read last. Thread-safe; one thread at a time
 * reads on.
 *
 * <p>The topic is compacted and keeps a mark for each dead letter that was ever answered, so there may be many
 * millions. They are in a RocksDB in a temporary folder, by the 16 bytes of their ids: memory does not grow with their
 * number, and the folder has about 100 bytes for each. It is created with the first mark and removed by {@link #close}.
 */
public final class DeadLetterMarks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterMarks.class);

    private final String topic;
    private final Deserializer<DeadLetterMark> deserializer;
    private final Map<Integer, Long> next = new HashMap<>();
    private @Nullable TemporaryTable table;
    private @Nullable DeadLetterMark newest;
    private long read;
    private boolean closed;

    DeadLetterMarks(String topic, Deserializer<DeadLetterMark> deserializer) {
        this.topic = topic;
        this.deserializer = deserializer;
    }

    /**
     * Reads the topic to its end.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka refuses, does not answer, or has no such topic
     */
    public static DeadLetterMarks read(Settings settings) {
        DeadLetterMarks marks = none(settings);
        try {
            marks.readOn(settings);
            return marks;
        } catch (RuntimeException failed) {
            marks.close();
            throw failed;
        }
    }

    /** Before anything was read: {@link #readOn} reads. */
    public static DeadLetterMarks none(Settings settings) {
        return new DeadLetterMarks(
                settings.topics().names().deadLetterMarks(),
                AvroSerdes.ownValueDeserializer(settings.registry().serde(), DeadLetterMark.class));
    }

    /** Reads what the topic has more than was read before, to its end. */
    public void readOn(Settings settings) {
        new TopicReader(settings.kafka().client()).read(topic, begins(), TopicReader.AS_LONG_AS_IT_GOES_ON, record -> {
            take(record);
            return true;
        });
    }

    private synchronized Map<Integer, Long> begins() {
        return Map.copyOf(next);
    }

    synchronized void take(ConsumerRecord<byte[], byte[]> record) {
        read++;
        next.put(record.partition(), record.offset() + 1);
        if (record.key() != null && isMark(record)) {
            put(key(new String(record.key(), UTF_8)), record.value());
        }
    }

    /** A record that is no mark neither gives nor removes an answer. */
    private boolean isMark(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.value() == null) {
                return true;
            }
            DeadLetterMark mark = deserializer.deserialize(topic, record.value());
            if (mark != null && (newest == null || mark.getMarkedAt().isAfter(newest.getMarkedAt()))) {
                newest = mark;
            }
            return mark != null;
        } catch (SchemaLostException lost) {
            return true; // It may be an answer: reading it later fails, and the dead letter is not answered again.
        } catch (SerializationException rubbish) {
            if (RegistryAbsence.isCauseOf(rubbish)) {
                throw rubbish;
            }
            LOG.warn(
                    "event=mark_ignored partition={} offset={} why={}",
                    record.partition(),
                    record.offset(),
                    VisibleText.logged(String.valueOf(rubbish.getMessage())));
            return false;
        }
    }

    /**
     * The newest answer to this dead letter.
     *
     * @throws SchemaLostException where there is an answer that cannot be read
     * @throws org.apache.kafka.common.KafkaException where the registry is away
     */
    public synchronized Optional<DeadLetterMark> of(DeadLetter letter) {
        requireOpen();
        if (table == null) {
            return Optional.empty();
        }
        byte[] value = table.get(key(letter.getId()));
        return value == null
                ? Optional.empty()
                : Optional.of(deserializer.deserialize(topic, value)).filter(mark -> answers(mark, letter));
    }

    /**
     * Whether the answer belongs to this dead letter and not to an earlier one with the same id. An id made without the
     * topic's id occurs again in a topic that was recreated. An answer belongs to a failure before it. Marks of earlier
     * versions do not name the failure; for them, the clocks of forwarder and operator may differ.
     */
    static boolean answers(DeadLetterMark mark, DeadLetter letter) {
        Instant failedAt = mark.getFailedAt() == null
                ? mark.getMarkedAt().plus(DeadLetterFilter.CLOCKS_DIFFER)
                : mark.getFailedAt();
        return !letter.getLastFailedAt().isAfter(failedAt);
    }

    /**
     * Remembers the mark of a dead letter.
     *
     * @param mark as it was written to the topic, after it has been committed there
     */
    public synchronized void put(String deadLetterId, byte[] mark) {
        put(key(deadLetterId), mark);
    }

    /** The mark that was written last. */
    public synchronized Optional<DeadLetterMark> newest() {
        return Optional.ofNullable(newest);
    }

    /** The number of records in the topic, with older answers to the same dead letter. */
    public synchronized long recordsRead() {
        return read;
    }

    @Override
    public synchronized void close() {
        closed = true;
        try (deserializer) {
            if (table != null) {
                table.close();
                table = null;
            }
        }
    }

    /** Without the table, answered dead letters would look open. */
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the answers to dead letters are closed: the process stops");
        }
    }

    private void put(byte[] key, byte @Nullable [] value) {
        requireOpen();
        if (table == null) {
            if (value == null) {
                return;
            }
            table = TemporaryTable.open("marks");
        }
        table.put(key, value);
    }

    /** UUIDs take less than half the bytes of their text. */
    private static byte[] key(String deadLetterId) {
        return Uuids.parse(deadLetterId).map(Uuids::bytes).orElseGet(() -> deadLetterId.getBytes(UTF_8));
    }
}

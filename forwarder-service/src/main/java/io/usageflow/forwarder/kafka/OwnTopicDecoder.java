package io.usageflow.forwarder.kafka;

import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes records of a topic that only the forwarder should write. A record that cannot be read stops nothing: the
 * caller receives the reason. Only a registry that is away ends the reading. Not thread-safe; close it.
 */
public final class OwnTopicDecoder<T extends SpecificRecord> implements AutoCloseable {
    private final Deserializer<T> deserializer;

    /** Takes what cannot be read. */
    public interface OnUnreadable {
        /**
         * Takes a record that could not be read.
         *
         * @param why for people; it may hold foreign text
         */
        void accept(ConsumerRecord<byte[], byte[]> record, String why);
    }

    public OwnTopicDecoder(Map<String, ?> registry, Class<T> type) {
        deserializer = AvroSerdes.ownValueDeserializer(registry, type);
    }

    /**
     * Empty where it cannot be read.
     *
     * @throws io.usageflow.schema.registry.RegistryUnavailableException while the registry is away
     */
    public Optional<T> read(ConsumerRecord<byte[], byte[]> record, OnUnreadable onUnreadable) {
        String why;
        try {
            @Nullable T value = deserializer.deserialize(record.topic(), record.headers(), record.value());
            if (value != null) {
                return Optional.of(value);
            }
            why = "it has no value";
        } catch (SchemaLostException lost) {
            why = String.valueOf(lost.getMessage());
        } catch (KafkaException rubbish) {
            if (RegistryAbsence.isCauseOf(rubbish)) {
                throw rubbish;
            }
            why = (RecordCutter.isCut(record.headers()) ? "it is too large to be read whole: " : "")
                    + rubbish.getMessage();
        }
        onUnreadable.accept(record, why);
        return Optional.empty();
    }

    @Override
    public void close() {
        deserializer.close();
    }

    /** Records that could not be read: how many, and where the first ones stand. Not thread-safe. */
    public static final class UnreadableRecords implements OnUnreadable {
        private static final int NAMED_MAX = 5;

        private final List<String> named = new ArrayList<>();
        private long count;

        @Override
        public void accept(ConsumerRecord<byte[], byte[]> record, String why) {
            count++;
            if (named.size() < NAMED_MAX) {
                named.add(record.topic() + " partition " + record.partition() + " offset " + record.offset() + ": "
                        + why);
            }
        }

        public long count() {
            return count;
        }

        public List<String> named() {
            return List.copyOf(named);
        }
    }
}

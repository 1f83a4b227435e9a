package io.usageflow.forwarder.admission.check;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.SchemaLostException;
import io.usageflow.schema.serde.UnknownSchemaException;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a record. Bytes that cannot be decoded are a result. While the registry is away it waits, and throws in the end. Not thread-safe.
 */
public final class RecordDecoder<T extends SpecificRecord> {
    private final Deserializer<T> deserializer;
    private final String topic;
    private final RegistryRetry registryRetry;

    public RecordDecoder(Deserializer<T> deserializer, String topic, RegistryRetry registryRetry) {
        this.deserializer = deserializer;
        this.topic = topic;
        this.registryRetry = registryRetry;
    }

    /** @throws KafkaException that the registry is away, after the wait of {@link RegistryRetry} */
    public Decoded<T> decode(byte @Nullable [] value) {
        if (value == null) {
            return new Decoded.Malformed<>(
                    DeadLetterReason.UNDECODABLE,
                    "the record has no value: this topic knows no tombstones; publish the event itself");
        }
        return registryRetry.call(() -> attempt(value));
    }

    private Decoded<T> attempt(byte[] value) {
        try {
            return new Decoded.Valid<>(deserializer.deserialize(topic, value));
        } catch (UnknownSchemaException | SchemaLostException unknown) {
            return new Decoded.Malformed<>(
                    DeadLetterReason.UNKNOWN_SCHEMA, "its schema cannot be used: " + unknown.getMessage());
        } catch (SerializationException unreadable) {
            if (RegistryAbsence.isCauseOf(unreadable)) {
                throw unreadable;
            }
            return undecodable(unreadable);
        } catch (KafkaException notTheBytes) {
            throw notTheBytes;
        } catch (RuntimeException unreadable) {
            // A decoder that stumbles over hostile bytes in its own way must not stop the partition.
            return undecodable(unreadable);
        }
    }

    private static <T> Decoded<T> undecodable(RuntimeException why) {
        Throwable root = why;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String cause = root == why ? "" : " (" + root + ")";
        return new Decoded.Malformed<>(
                DeadLetterReason.UNDECODABLE,
                "its bytes are no Avro record in Confluent's wire format: " + why.getMessage() + cause
                        + "; check the producer's serializer");
    }

    /** The result of decoding. Sealed: a record, or the reason why the bytes cannot be decoded. */
    public sealed interface Decoded<T> {

        record Valid<T>(T value) implements Decoded<T> {}

        /** @param detail what is wrong with the bytes, and the remedy */
        record Malformed<T>(DeadLetterReason reason, String detail) implements Decoded<T> {}

        default <R> R match(Function<T, R> onValid, Function<Malformed<T>, R> onMalformed) {
            return this instanceof Valid<T> valid
                    ? onValid.apply(valid.value())
                    : onMalformed.apply((Malformed<T>) this);
        }
    }
}

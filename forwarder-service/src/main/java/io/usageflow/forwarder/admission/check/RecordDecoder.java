package io.usageflow.forwarder.admission.check;

import io.usageflow.forwarder.deadletter.DeadLetterReason;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.UnknownSchemaException;
import java.util.function.Function;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a record's value. Undecodable bytes are a result; an unavailable registry is an exception. Not thread-safe.
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

    /**
     * Decodes a value.
     *
     * @throws KafkaException if the registry is still unavailable after the wait of {@link RegistryRetry}
     */
    public Decoded<T> decode(byte @Nullable [] value) {
        if (value == null) {
            return new Decoded.Malformed<>(
                    DeadLetterReason.UNDECODABLE,
                    "the record has no value: this topic has no tombstones; publish the event itself");
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
            // Hostile bytes may cause any exception in a decoder, and must not stop the partition.
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
                "its bytes are not an Avro record in Confluent's wire format: " + why.getMessage() + cause
                        + "; check the producer's serializer");
    }

    /** The result of decoding. Sealed: a record, or the reason why the bytes cannot be decoded. */
    public sealed interface Decoded<T> {

        record Valid<T>(T value) implements Decoded<T> {
            @Override
            public <R> R match(Function<T, R> onValid, Function<Malformed<T>, R> onMalformed) {
                return onValid.apply(value);
            }
        }

        /** The bytes cannot be decoded; {@code detail} says why, and the remedy. */
        record Malformed<T>(DeadLetterReason reason, String detail) implements Decoded<T> {
            @Override
            public <R> R match(Function<T, R> onValid, Function<Malformed<T>, R> onMalformed) {
                return onMalformed.apply(this);
            }
        }

        <R> R match(Function<T, R> onValid, Function<Malformed<T>, R> onMalformed);
    }
}

package io.usageflow.schema.serde;

import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a deserializer chosen by name makes the record that is wanted, and that it is given only what it reads as it
 * was meant: a class of the user's own resolves schemas as Avro does, without regard to logical types and without bounds.
 * As thread-safe as its delegate.
 */
final class TypedDeserializer<T extends SpecificRecord> implements Deserializer<T> {
    private final Deserializer<?> delegate;
    private final AvroDeserializer<T> ours;
    private final Class<T> type;

    /** @param ours the delegate itself, or of the same registry */
    TypedDeserializer(Deserializer<?> delegate, AvroDeserializer<T> ours, Class<T> type) {
        this.delegate = delegate;
        this.ours = ours;
        this.type = type;
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] value) {
        return read(value, () -> delegate.deserialize(topic, value));
    }

    /** A class of the user's own may look at the headers. */
    @Override
    public @Nullable T deserialize(String topic, Headers headers, byte @Nullable [] value) {
        return read(value, () -> delegate.deserialize(topic, headers, value));
    }

    private @Nullable T read(byte @Nullable [] value, Supplier<? extends @Nullable Object> reading) {
        if (value != null && delegate != ours) {
            ours.requireAvroReadsIt(value, delegate.getClass());
        }
        try {
            return typed(reading.get());
        } catch (StackOverflowError tooDeep) {
            throw new SerializationException(
                    "the value is nested too deep for " + delegate.getClass().getName(), tooDeep);
        }
    }

    boolean isPlain(byte[] bytes, int from, int until) {
        return delegate == ours && ours.isPlain(bytes, from, until);
    }

    private @Nullable T typed(@Nullable Object made) {
        if (made != null && !type.isInstance(made)) {
            throw new SerializationException(delegate.getClass().getName() + " made a "
                    + made.getClass().getName() + ", not a " + type.getName() + ": set specific.avro.reader=true");
        }
        return type.cast(made);
    }

    @Override
    public void close() {
        delegate.close();
    }
}

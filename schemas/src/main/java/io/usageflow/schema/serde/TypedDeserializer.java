package io.usageflow.schema.serde;

import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/** Checks that a deserializer chosen by name makes the record that is wanted. As thread-safe as its delegate. */
final class TypedDeserializer<T extends SpecificRecord> implements Deserializer<T> {
    private final Deserializer<?> delegate;
    private final Class<T> type;

    TypedDeserializer(Deserializer<?> delegate, Class<T> type) {
        this.delegate = delegate;
        this.type = type;
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] value) {
        return typed(delegate.deserialize(topic, value));
    }

    /** A class of the user's own may look at the headers. */
    @Override
    public @Nullable T deserialize(String topic, Headers headers, byte @Nullable [] value) {
        return typed(delegate.deserialize(topic, headers, value));
    }

    boolean isPlain(byte[] bytes, int from, int until) {
        return delegate instanceof AvroDeserializer<?> ours && ours.isPlain(bytes, from, until);
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

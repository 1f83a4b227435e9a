package io.usageflow.schema.serde;

import io.usageflow.schema.avro.ReleasedSchemas;
import io.usageflow.schema.avro.WireFormat;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.UnknownSchemaException.LogicalTypeMismatchException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a configured deserializer returns the expected type, and gives it only values that it reads correctly: a
 * user's class resolves schemas as Avro does, ignores logical types, and has no bounds. As thread-safe as its delegate.
 */
final class TypedDeserializer<T extends SpecificRecord> implements Deserializer<T> {
    /** More than all versions of our schemas have. */
    private static final int LOST_IDS_MAX = 1_000;

    private final Deserializer<?> delegate;
    private final AvroDeserializer<T> ours;
    private final Class<T> type;
    /** Present if only the forwarder has written or forwarded the values. */
    private final Optional<ReleasedSchemas<T>> carried;
    /** Ids that the registry had lost: such a value can be read again while the registry is away. */
    private final Set<Integer> lostIds = ConcurrentHashMap.newKeySet();

    /**
     * @param ours the delegate itself, or of the same registry
     * @param own whether only the forwarder has written or forwarded the values
     */
    TypedDeserializer(Deserializer<?> delegate, AvroDeserializer<T> ours, Class<T> type, boolean own) {
        this.delegate = delegate;
        this.ours = ours;
        this.carried = own ? Optional.of(ReleasedSchemas.of(type)) : Optional.empty();
        this.type = type;
    }

    @Override
    public @Nullable T deserialize(String topic, byte @Nullable [] value) {
        return read(value, () -> delegate.deserialize(topic, value));
    }

    /** A user's class may read the headers. */
    @Override
    public @Nullable T deserialize(String topic, Headers headers, byte @Nullable [] value) {
        return read(value, () -> delegate.deserialize(topic, headers, value));
    }

    private @Nullable T read(byte @Nullable [] value, Supplier<? extends @Nullable Object> reading) {
        try {
            if (value != null && delegate != ours) {
                ours.requireAvroReadsIt(value, delegate.getClass(), carried.isPresent());
            }
            return typed(reading.get());
        } catch (StackOverflowError tooDeep) {
            throw new SerializationException(
                    "the value is nested too deep for " + delegate.getClass().getName(), tooDeep);
        } catch (LogicalTypeMismatchException itsOwnFault) {
            throw itsOwnFault;
        } catch (KafkaException unreadable) {
            boolean isAway = RegistryAbsence.isCauseOf(unreadable);
            if (value == null
                    || (!isAway && !(unreadable instanceof SerializationException))
                    || (isAway && !isLost(value))) {
                throw unreadable;
            }
            Optional<T> proved = carried.flatMap(schemas -> schemas.read(value));
            if (proved.isPresent() && lostIds.size() < LOST_IDS_MAX) {
                lostIds.add(WireFormat.schemaId(value));
            }
            return proved.orElseThrow(() -> lost(unreadable));
        }
    }

    private boolean isLost(byte[] value) {
        return value.length >= WireFormat.HEADER_BYTES
                && value[0] == WireFormat.MAGIC
                && lostIds.contains(WireFormat.schemaId(value));
    }

    /** An unknown or reassigned id of the forwarder's own record is the registry's loss, not the record's fault. */
    private KafkaException lost(KafkaException unreadable) {
        return carried.isPresent() && unreadable instanceof UnknownSchemaException unknown
                ? new SchemaLostException(String.valueOf(unknown.getMessage()))
                : unreadable;
    }

    /** Whether the value's numbers are in the record's own units; true if a class of the user's own reads it. */
    boolean isInOwnUnits(byte[] value) {
        return delegate != ours || ours.isInOwnUnits(value);
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

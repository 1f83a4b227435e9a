package io.usageflow.forwarder.deadletter;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.RegistryAbsence;
import io.usageflow.schema.registry.RegistryUnavailableException.SchemaLostException;
import io.usageflow.schema.serde.AvroSerdes;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** The event in a dead letter: decoded, or unreadable at the moment. */
public sealed interface OriginalEvent {

    /**
     * An event that can be decoded.
     *
     * @param published the bytes of the event's own record, which the dead letter may hold inside another
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Decoded(UsageEvent event, byte[] published) implements OriginalEvent {
        @Override
        public <R> R match(Function<UsageEvent, R> onReadable, Function<String, R> onUnreadable) {
            return onReadable.apply(event);
        }
    }

    /**
     * An event that cannot be decoded.
     *
     * @param why for people
     */
    record Unreadable(String why) implements OriginalEvent {
        @Override
        public <R> R match(Function<UsageEvent, R> onReadable, Function<String, R> onUnreadable) {
            return onUnreadable.apply(why);
        }
    }

    <R> R match(Function<UsageEvent, R> onReadable, Function<String, R> onUnreadable);

    /** Reads the events of dead letters. Not thread-safe. */
    final class Reader implements AutoCloseable {
        private final String eventsTopic;
        private final String deliverableTopic;
        private final Deserializer<UsageEvent> events;
        private final Deserializer<DeliverableEvent> deliverables;

        public Reader(Settings settings) {
            eventsTopic = settings.topics().names().events();
            deliverableTopic = settings.topics().names().deliverable();
            events = AvroSerdes.valueDeserializer(settings.registry().serde(), UsageEvent.class);
            deliverables = AvroSerdes.ownValueDeserializer(settings.registry().serde(), DeliverableEvent.class);
        }

        /**
         * A dead letter of a deliverable record that could not be read holds that record, with the event inside.
         *
         * @throws io.usageflow.schema.registry.RegistryUnavailableException while the registry is away
         */
        public OriginalEvent read(StoredDeadLetter stored) {
            if (stored.reference().isPresent()) {
                return new Unreadable("only its beginning was kept, because it was too large: "
                        + SourceRecord.describe(
                                stored.reference().get(), stored.letter().getSource()));
            }
            byte[] value = stored.value().orElse(null);
            if (value == null) {
                return new Unreadable("the record has no value");
            }
            try {
                boolean inside = stored.letter().getSource().getTopic().equals(deliverableTopic);
                byte[] published = inside ? inside(value) : value;
                UsageEvent event = published == null ? null : events.deserialize(eventsTopic, published);
                return event == null || published == null
                        ? new Unreadable("the record has no value")
                        : new Decoded(event, published);
            } catch (SchemaLostException lost) {
                return new Unreadable(String.valueOf(lost.getMessage()));
            } catch (SerializationException unreadable) {
                if (RegistryAbsence.isCauseOf(unreadable)) {
                    throw unreadable;
                }
                return new Unreadable(String.valueOf(unreadable.getMessage()));
            } catch (KafkaException notTheBytes) {
                throw notTheBytes;
            } catch (RuntimeException unreadable) {
                // A decoder may fail on hostile bytes with any exception.
                return new Unreadable(unreadable.toString());
            }
        }

        private byte @Nullable [] inside(byte[] value) {
            DeliverableEvent deliverable = deliverables.deserialize(deliverableTopic, value);
            return deliverable == null ? null : Utils.toArray(deliverable.getEvent());
        }

        @Override
        public void close() {
            events.close();
            deliverables.close();
        }
    }
}

package io.usageflow.producer.internal.encode;

import io.usageflow.schema.Cost;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.avro.WireFormat;
import io.usageflow.schema.rule.ExactDecimal;
import io.usageflow.schema.serde.AvroSerializer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Wraps our Avro serializer with a fast path for events. Avro's generic writer finds each value's union branch by name,
 * which is the largest cost of publishing. The bytes are the same (a test compares them for arbitrary events). Unusual
 * events, and each topic's first record, which fetches the schema id, take the slow path. Thread-safe.
 */
public final class EventEncoder implements Serializer<SpecificRecord> {
    private static final ThreadLocal<Buffer> BUFFER = ThreadLocal.withInitial(Buffer::new);

    private final Serializer<SpecificRecord> delegate;
    private volatile @Nullable Header header;

    /** The bytes in front of every event of the topic. */
    private record Header(String topic, byte[] bytes) {}

    private EventEncoder(Serializer<SpecificRecord> delegate) {
        this.delegate = delegate;
    }

    /** Returns the serializer itself if it is not ours. */
    public static Serializer<SpecificRecord> over(Serializer<SpecificRecord> serializer) {
        return (Serializer<?>) serializer instanceof AvroSerializer<?> ? new EventEncoder(serializer) : serializer;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        delegate.configure(configs, isKey);
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable SpecificRecord value) {
        if (!(value instanceof UsageEvent event)) {
            return delegate.serialize(topic, value);
        }
        Header known = header;
        if (known != null && known.topic.equals(topic)) {
            byte[] bytes = write(known.bytes, event);
            if (bytes != null) {
                return bytes;
            }
        }
        byte[] bytes = delegate.serialize(topic, event);
        if (known == null && bytes != null) {
            header = new Header(topic, Arrays.copyOf(bytes, WireFormat.HEADER_BYTES));
        }
        return bytes;
    }

    @Override
    public byte @Nullable [] serialize(String topic, Headers headers, @Nullable SpecificRecord value) {
        return serialize(topic, value);
    }

    @Override
    public void close() {
        delegate.close();
    }

    /** Returns null if Avro's own writer has to decide. */
    private static byte @Nullable [] write(byte[] header, UsageEvent event) {
        try {
            return BUFFER.get().write(header, event);
        } catch (IOException | RuntimeException e) {
            // The buffer may hold half an event. The slow path writes the event, or reports what is wrong.
            BUFFER.remove();
            return null;
        }
    }

    /** One thread's buffer, reused for each event. */
    private static final class Buffer {
        private static final int BYTES_KEPT_MAX = 1 << 19;
        /** Of decimal(38, 18), on the safe side: 2^126 is less than 10^38. */
        private static final int DECIMAL_BITS_MAX = 126;

        // Branches of the schema's unions.
        private static final int NULL = 0;
        private static final int PRESENT = 1;
        private static final int BOOLEAN = 1;
        private static final int LONG = 2;
        private static final int DECIMAL = 3;
        private static final int STRING = 4;
        private static final int JSON = 5;

        private ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);
        private BinaryEncoder to = EncoderFactory.get().binaryEncoder(out, null);

        byte[] write(byte[] header, UsageEvent event) throws IOException {
            out.reset();
            out.writeBytes(header);
            to.writeString(event.getId());
            to.writeString(event.getEventType());
            Instant at = event.getOccurredAt();
            to.writeLong(Math.addExact(Math.multiplyExact(at.getEpochSecond(), 1_000_000L), at.getNano() / 1_000));
            to.writeString(event.getAccountId());
            optional(event.getCustomerId());
            optional(event.getCustomerExternalId());
            optional(event.getSubject());
            optional(event.getDescription());
            data(event.getData());
            costs(event.getCosts());
            source(event.getSource());
            to.flush();
            byte[] bytes = out.toByteArray();
            if (bytes.length > BYTES_KEPT_MAX) {
                out = new ByteArrayOutputStream(1_024);
                to = EncoderFactory.get().binaryEncoder(out, null);
            }
            return bytes;
        }

        private void data(Map<String, @Nullable Object> data) throws IOException {
            to.writeMapStart();
            to.setItemCount(data.size());
            for (Map.Entry<String, @Nullable Object> entry : data.entrySet()) {
                to.startItem();
                to.writeString(entry.getKey());
                datum(entry.getValue());
            }
            to.writeMapEnd();
        }

        private void datum(@Nullable Object value) throws IOException {
            if (value instanceof String text) {
                to.writeIndex(STRING);
                to.writeString(text);
            } else if (value instanceof Long number) {
                to.writeIndex(LONG);
                to.writeLong(number);
            } else if (value instanceof BigDecimal decimal) {
                to.writeIndex(DECIMAL);
                decimal(decimal);
            } else if (value instanceof Boolean truth) {
                to.writeIndex(BOOLEAN);
                to.writeBoolean(truth);
            } else if (value instanceof JsonValue json) {
                to.writeIndex(JSON);
                to.writeString(json.getJson());
            } else if (value == null) {
                to.writeIndex(NULL);
            } else {
                throw new IllegalArgumentException("not a type of the schema");
            }
        }

        private void costs(List<Cost> costs) throws IOException {
            to.writeArrayStart();
            to.setItemCount(costs.size());
            for (Cost cost : costs) {
                to.startItem();
                optional(cost.getId());
                to.writeString(cost.getVendor());
                optional(cost.getDescription());
                decimal(cost.getAmount());
                to.writeString(cost.getCurrency());
                to.writeMapStart();
                to.setItemCount(cost.getMetadata().size());
                for (Map.Entry<String, String> entry : cost.getMetadata().entrySet()) {
                    to.startItem();
                    to.writeString(entry.getKey());
                    to.writeString(entry.getValue());
                }
                to.writeMapEnd();
            }
            to.writeArrayEnd();
        }

        private void source(@Nullable Source source) throws IOException {
            if (source == null) {
                to.writeIndex(NULL);
                return;
            }
            to.writeIndex(PRESENT);
            optional(source.getService());
            optional(source.getInstance());
            optional(source.getLibraryVersion());
        }

        private void optional(@Nullable String text) throws IOException {
            if (text == null) {
                to.writeIndex(NULL);
            } else {
                to.writeIndex(PRESENT);
                to.writeString(text);
            }
        }

        /** Writes the exact value, or throws. */
        private void decimal(BigDecimal value) throws IOException {
            BigInteger unscaled = value.setScale(ExactDecimal.SCALE).unscaledValue();
            if (unscaled.bitLength() > DECIMAL_BITS_MAX) {
                throw new ArithmeticException("possibly too many digits");
            }
            to.writeBytes(unscaled.toByteArray());
        }
    }
}

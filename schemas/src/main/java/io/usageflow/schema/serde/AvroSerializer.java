package io.usageflow.schema.serde;

import io.usageflow.schema.avro.DecimalCheck;
import io.usageflow.schema.avro.RegisteredForm;
import io.usageflow.schema.avro.WireFormat;
import io.usageflow.schema.registry.SchemaRegistry;
import io.usageflow.schema.registry.client.SchemaRegistries;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Generated records in Confluent's wire format. The subject is {@code <topic>-value} (TopicNameStrategy). The first
 * record of a schema on a topic asks the registry for the id; the following ones touch no network. Thread-safe.
 *
 * <p>Throws {@link SerializationException} for a record that its schema does not take, naming the field, and for a
 * schema that the registry refuses or, with {@code auto.register.schemas=false}, does not know; {@link
 * io.usageflow.schema.registry.RegistryUnavailableException} while the registry is away.
 */
public final class AvroSerializer<T extends SpecificRecord> implements Serializer<T> {
    /** Whether an unknown schema is registered (default true) or an error (false). */
    public static final String AUTO_REGISTER = "auto.register.schemas";

    private static final ThreadLocal<Scratch> SCRATCH = ThreadLocal.withInitial(Scratch::new);

    private final Map<TopicSchema, Prepared> prepared = new ConcurrentHashMap<>();
    private @Nullable SchemaRegistry registry;
    private boolean autoRegister = true;

    /** For Kafka, which configures it afterwards. */
    public AvroSerializer() {}

    AvroSerializer(SchemaRegistry registry, boolean autoRegister) {
        this.registry = registry;
        this.autoRegister = autoRegister;
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        SerdeSettings.requireValue(isKey, AvroSerializer.class);
        registry = SchemaRegistries.connect(configs);
        autoRegister = SerdeSettings.flag(configs, AUTO_REGISTER, true);
    }

    @Override
    public byte @Nullable [] serialize(String topic, @Nullable T value) {
        if (value == null) {
            return null;
        }
        Prepared schema = prepared(topic, value);
        try {
            return SCRATCH.get().encode(schema, value);
        } catch (IOException | RuntimeException e) {
            // Half a record may be left in the encoder's buffer.
            SCRATCH.remove();
            throw new SerializationException(
                    "a " + value.getSchema().getName() + " for topic '" + topic + "' cannot be written: "
                            + e.getMessage(),
                    e);
        }
    }

    private Prepared prepared(String topic, T value) {
        TopicSchema key = new TopicSchema(topic, value.getSchema());
        Prepared known = prepared.get(key);
        if (known != null) {
            return known;
        }
        Prepared made = new Prepared(
                WireFormat.header(id(topic + "-value", RegisteredForm.registeredForm(key.schema))),
                DecimalCheck.of(key.schema),
                new SpecificDatumWriter<>(key.schema, SpecificData.getForClass(value.getClass())));
        prepared.put(key, made);
        return made;
    }

    private int id(String subject, Schema schema) {
        if (registry == null) {
            throw new IllegalStateException("configure(...) was not called");
        }
        return autoRegister
                ? registry.register(subject, schema)
                : registry.idOf(subject, schema)
                        .orElseThrow(() -> new SerializationException("schema " + schema.getFullName()
                                + " is not registered under subject '" + subject
                                + "': register it there, or set " + AUTO_REGISTER + "=true"));
    }

    private record TopicSchema(String topic, Schema schema) {}

    /** What every record of one schema on one topic needs. */
    private static final class Prepared {
        private final byte[] header;
        private final DecimalCheck bounds;
        private final DatumWriter<SpecificRecord> writer;

        Prepared(byte[] header, DecimalCheck bounds, DatumWriter<SpecificRecord> writer) {
            this.header = header;
            this.bounds = bounds;
            this.writer = writer;
        }
    }

    /** One thread's buffers, kept from record to record. */
    private static final class Scratch {
        private static final int BYTES_KEPT_MAX = 1 << 20;

        private ByteArrayOutputStream out = new ByteArrayOutputStream(1024);
        private BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);

        byte[] encode(Prepared schema, SpecificRecord value) throws IOException {
            schema.bounds.require(value);
            out.reset();
            out.writeBytes(schema.header);
            schema.writer.write(value, encoder);
            encoder.flush();
            byte[] bytes = out.toByteArray();
            if (bytes.length > BYTES_KEPT_MAX) {
                out = new ByteArrayOutputStream(1024);
                encoder = EncoderFactory.get().binaryEncoder(out, null);
            }
            return bytes;
        }
    }
}

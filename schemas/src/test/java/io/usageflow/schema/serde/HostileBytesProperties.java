package io.usageflow.schema.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.UsageEvent;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;

/** Whatever the bytes are: a record, or a SerializationException; never another exception, never the heap. */
class HostileBytesProperties {
    private static final String TOPIC = "usage.events";

    private final Map<String, Object> config = SampleRecords.registryAt("mock://hostile-" + UUID.randomUUID());
    private final Deserializer<UsageEvent> deserializer = AvroSerdes.valueDeserializer(config, UsageEvent.class);
    private final byte[] valid = AvroSerdes.<UsageEvent>valueSerializer(config).serialize(TOPIC, SampleRecords.event());

    @Property
    void anyBytes(@ForAll @Size(max = 300) byte[] payload) {
        readOrRefuse(ByteBuffer.allocate(5 + payload.length)
                .put(valid, 0, 5)
                .put(payload)
                .array());
    }

    @Property
    void anyOneByteChanged(@ForAll @IntRange(max = 10_000) int position, @ForAll byte value) {
        byte[] changed = valid.clone();
        changed[position % changed.length] = value;
        readOrRefuse(changed);
    }

    @Property
    void anyLengthAnywhere(@ForAll @IntRange(max = 10_000) int position, @ForAll long length) {
        ByteBuffer changed = ByteBuffer.allocate(valid.length + 10).put(valid);
        changed.position(5 + position % (valid.length - 5));
        for (long rest = length; ; rest >>>= 7) {
            if ((rest & ~0x7fL) == 0) {
                changed.put((byte) rest);
                break;
            }
            changed.put((byte) ((rest & 0x7f) | 0x80));
        }
        readOrRefuse(changed.array());
    }

    @Example
    void aStringOfTwoGigabytes() {
        // Zigzag of 2^31 - 9, the longest that Avro itself would allocate.
        byte[] bytes = {0, 0, 0, 0, 1, (byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 'x'};
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes)).isInstanceOf(SerializationException.class);
    }

    @Example
    void anArrayOfTwoThousandMillionCosts() {
        byte[] head = {0, 0, 0, 0, 1, 2, 'i', 2, 't', 0, 2, 'a', 0, 0, 0, 0, 0};
        byte[] count = {(byte) 0xee, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f, 0};
        byte[] bytes = ByteBuffer.allocate(head.length + count.length)
                .put(head)
                .put(count)
                .array();
        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes)).isInstanceOf(SerializationException.class);
    }

    @Example
    void aDecimalOfMoreDigitsThanDeclared() {
        byte[] number = new byte[64];
        java.util.Arrays.fill(number, (byte) 0x55);
        byte[] head = {0, 0, 0, 0, 1, 2, 'i', 2, 't', 0, 2, 'a', 0, 0, 0, 0, 2, 2, 'k', 6, (byte) 128, 1};
        ByteBuffer bytes = ByteBuffer.allocate(head.length + number.length + 3)
                .put(head)
                .put(number)
                .put(new byte[3]);

        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, bytes.array()))
                .isInstanceOf(SerializationException.class)
                .hasMessageContaining("data.k")
                .hasMessageContaining("decimal(38, 18)");
    }

    @Example
    void aMessageThatRepeatsNoPayload() {
        byte[] secret = AvroSerdes.<DeadLetter>valueSerializer(config).serialize("dl", SampleRecords.deadLetter());
        secret[4] = 1;

        assertThatThrownBy(() -> deserializer.deserialize(TOPIC, secret))
                .isInstanceOf(SerializationException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("acct_42"));
    }

    private void readOrRefuse(byte[] bytes) {
        try {
            UsageEvent read = deserializer.deserialize(TOPIC, bytes);
            assertThat(read.getCosts()).isNotNull();
        } catch (SerializationException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}

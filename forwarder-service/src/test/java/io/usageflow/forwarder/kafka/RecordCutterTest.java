package io.usageflow.forwarder.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.RecordBounds;
import io.usageflow.schema.OriginalReference;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

class RecordCutterTest {
    private static final RecordBounds BOUNDS = RecordBounds.of(262_144);
    private static final byte[] KEY = "acct_1".getBytes(UTF_8);

    private final RecordCutter cutter = new RecordCutter(BOUNDS);

    @Test
    void shouldLeaveWhatKeepsToTheBounds() {
        byte[] value = bytes(BOUNDS.valueBytesMax());
        Headers headers = new RecordHeaders().add("a", null).add("a", bytes(1000));

        assertThat(read(KEY, value, headers)).isEqualTo(value);
        assertThat(RecordCutter.isCut(headers)).isFalse();
        assertThat(RecordCutter.takeReference(headers)).isEmpty();
        assertThat(headers).hasSize(2);
        assertThat(RecordCutter.cut(KEY, value, headers, BOUNDS)).isEmpty();
        assertThat(read(null, null, new RecordHeaders())).isNull();
    }

    @Test
    void shouldHoldTheBeginningTheSizeAndTheHashOfALargeValue() throws Exception {
        byte[] value = bytes(17_300_000);
        Headers headers = new RecordHeaders().add("a", new byte[] {1});

        byte[] held = read(KEY, value, headers);

        assertThat(held).isEqualTo(Arrays.copyOf(value, RecordBounds.BEGINNING_BYTES));
        assertThat(RecordCutter.isCut(headers)).isTrue();
        OriginalReference reference = RecordCutter.takeReference(headers).orElseThrow();
        assertThat(reference).isEqualTo(new OriginalReference(17_300_000L, sha256(value), 6L, sha256(KEY), 1, 2L));
        assertThat(headers).as("the note is taken out").hasSize(1);
        assertThat(RecordCutter.cut(KEY, value, headers, BOUNDS).orElseThrow().reference())
                .as("in memory as while reading")
                .isEqualTo(reference);
    }

    @Test
    void shouldHoldTheBeginningOfALargeKey() throws Exception {
        byte[] key = bytes(8_000_000);
        Headers headers = new RecordHeaders();
        byte[] heldKey = cutter.keys().deserialize("usage.events", headers, ByteBuffer.wrap(key));
        byte[] held = cutter.values().deserialize("usage.events", headers, ByteBuffer.wrap(new byte[] {7}));

        assertThat(heldKey).hasSize(RecordBounds.BEGINNING_BYTES);
        assertThat(held).containsExactly(7);
        OriginalReference reference = RecordCutter.takeReference(headers).orElseThrow();
        assertThat(reference.getKeyBytes()).isEqualTo(8_000_000);
        assertThat(reference.getKeySha256()).isEqualTo(sha256(key));
        assertThat(reference.getValueBytes()).isEqualTo(1);
        // The next record has a key of its own.
        Headers next = new RecordHeaders();
        cutter.keys().deserialize("usage.events", next, ByteBuffer.wrap(KEY));
        cutter.values().deserialize("usage.events", next, ByteBuffer.wrap(new byte[] {8}));
        assertThat(RecordCutter.isCut(next)).isFalse();
    }

    @Test
    void shouldHoldTheFirstOfManyOrLargeHeaders() {
        Headers many = new RecordHeaders();
        for (int i = 0; i < 10_000; i++) {
            many.add("header-" + i, bytes(20));
        }
        Headers large = new RecordHeaders()
                .add("a", bytes(10))
                .add("b", bytes(8_000_000))
                .add("c", bytes(10));

        read(KEY, new byte[] {1}, many);
        read(KEY, new byte[] {1}, large);

        OriginalReference ofMany = RecordCutter.takeReference(many).orElseThrow();
        assertThat(ofMany.getHeaders()).isEqualTo(10_000);
        assertThat(many.toArray()).hasSizeBetween(100, 5_000);
        OriginalReference ofLarge = RecordCutter.takeReference(large).orElseThrow();
        assertThat(ofLarge.getHeadersBytes()).isEqualTo(8_000_023);
        assertThat(large).extracting(header -> header.key()).containsExactly("a");
    }

    @Test
    void shouldNotBelieveAProducerThatClaimsACut() {
        Headers forged = new RecordHeaders().add("usageflow-cut", "9 - 9 - 9 9".getBytes(UTF_8));

        read(KEY, new byte[] {1}, forged);

        assertThat(RecordCutter.takeReference(forged)).isEqualTo(Optional.empty());
        assertThat(forged).hasSize(1);
    }

    private byte[] read(byte[] key, byte[] value, Headers headers) {
        cutter.keys().deserialize("usage.events", headers, key == null ? null : ByteBuffer.wrap(key));
        return cutter.values().deserialize("usage.events", headers, value == null ? null : ByteBuffer.wrap(value));
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        return bytes;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}

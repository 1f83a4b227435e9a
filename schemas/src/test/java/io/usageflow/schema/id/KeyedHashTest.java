package io.usageflow.schema.id;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class KeyedHashTest {
    /** Key 00 01 .. 0f, as in the paper's test vectors. */
    private final KeyedHash hash = new KeyedHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    @Test
    void shouldBeSipHash() {
        assertThat(hash.of(counting(15))).isEqualTo(0xa129ca6149be45e5L);
        assertThat(hash.of(counting(16))).isEqualTo(0x3f2acc7f57c29bdbL);
        assertThat(hash.of("")).isEqualTo(0x726fdb47dd0e0e31L);
        assertThat(hash.of(0x0001020304050607L, 0x08090a0b0c0d0e0fL)).isEqualTo(0x3f2acc7f57c29bdbL);
    }

    @Test
    void shouldHaveASecretOfItsOwn() {
        assertThat(KeyedHash.random().of("acct_1"))
                .isNotEqualTo(KeyedHash.random().of("acct_1"));
    }

    private static String counting(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        for (int i = 0; i < bytes; i++) {
            buffer.put((byte) i);
        }
        return new String(buffer.array(), ISO_8859_1);
    }
}

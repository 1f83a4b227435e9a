package io.usageflow.forwarder.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResponseExcerptTest {
    private final ResponseExcerpt excerpt = new ResponseExcerpt(() -> List.of("sk_live_123", ""));

    @Test
    void shouldKeepAShortBodyAsItIs() {
        assertThat(excerpt.of("{\"errors\":[]}")).isEqualTo("{\"errors\":[]}");
    }

    @Test
    void shouldRemoveSecretsAndAnythingThatLooksLikeAnAuthorization() {
        assertThat(excerpt.of("key sk_live_123; Authorization: Bearer abc.def-ghi; basic dXNlcjpwYXNz"))
                .isEqualTo("key ***; Authorization: Bearer ***; basic ***");
    }

    @Test
    void shouldCutAfterMaskingSoThatNoHalfSecretStands() {
        String body = "x".repeat(ResponseExcerpt.BYTES_MAX - 5) + "sk_live_123";

        assertThat(excerpt.of(body)).endsWith("***").doesNotContain("sk_");
    }

    @Test
    void shouldNeverCutInsideACharacter() {
        String body = "x" + "€".repeat(1000);

        String kept = excerpt.of(body);

        assertThat(kept.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(ResponseExcerpt.BYTES_MAX);
        assertThat(body).startsWith(kept);
        assertThat(kept).hasSize(683);
    }
}

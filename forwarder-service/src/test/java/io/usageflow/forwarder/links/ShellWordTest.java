package io.usageflow.forwarder.links;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.schema.text.VisibleText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShellWordTest {
    @Test
    void shouldShowWhatIsNotSeen() {
        assertThat(ShellWord.of("acct\u202e\u200b\u001b'\\")).isEqualTo("$'acct\\u202E\\u200B\\u001B\\'\\\\'");
        assertThat(ShellWord.of("plain")).isEqualTo("plain");
        assertThat(ShellWord.of("two words")).isEqualTo("'two words'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acct\u202e1",
                "a\u200bb'c\\d",
                "\u001b[31m",
                "a\nb",
                " acct ",
                "\uDB40\uDC41",
                "$(id)`id`",
                "é\u00a0"
            })
    void shouldBeReadBackByAShell(String name) throws IOException, InterruptedException {
        Assumptions.assumeTrue(java.nio.file.Files.isExecutable(java.nio.file.Path.of("/bin/bash")));
        String word = ShellWord.of(name);
        var bash = new ProcessBuilder("/bin/bash", "-c", "printf %s " + word);
        bash.environment().putAll(Map.of("LC_ALL", "C.UTF-8"));
        Process process = bash.start();
        byte[] read = process.getInputStream().readAllBytes();

        assertThat(process.waitFor()).isZero();
        assertThat(new String(read, StandardCharsets.UTF_8)).isEqualTo(name);
        assertThat(VisibleText.line(word)).isEqualTo(word);
    }
}

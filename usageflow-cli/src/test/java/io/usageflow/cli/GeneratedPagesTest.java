package io.usageflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.CredytSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratedPagesTest {
    @ParameterizedTest
    @ValueSource(strings = {"configuration.md", "metrics.md", "../deploy/grafana/usageflow.json"})
    void shouldBeWhatTheCodeSays(String page) throws IOException {
        // Tests run in the module's folder.
        Path file = Path.of("..", "docs", page);

        assertThat(Files.readString(file))
                .as("docs/%s is stale: run './usageflow docs --write'", page)
                .isEqualTo(DocsCommand.pages().get(page));
    }

    @Test
    void shouldNotShowWhatValidatorsAreCalledInJava() {
        assertThat(DocsCommand.pages().get("configuration.md"))
                .contains("`" + CredytSettings.API_KEY + "` | password | none")
                .contains("| `stop.timeout` | duration | `25s` | [1s,...,10m] |")
                .doesNotContain("Lambda")
                .doesNotContainPattern("@[0-9a-f]{4,}");
    }
}

package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.ConfigPage;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.CredytSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.observe.meter.GrafanaDashboard;
import io.usageflow.forwarder.observe.meter.MetricsPage;
import io.usageflow.forwarder.topics.KafkaRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages that are made from the code. {@code -Dusageflow.pages=write} writes them instead of comparing them. */
class GeneratedPagesTest {
    /** By file name, from {@code docs}. */
    private static final Map<String, String> PAGES = Map.of(
            "configuration.md",
            ConfigPage.markdown(Settings.definition()),
            "metrics.md",
            MetricsPage.markdown(),
            "../deploy/grafana/usageflow.json",
            GrafanaDashboard.json());

    @ParameterizedTest
    @ValueSource(strings = {"configuration.md", "metrics.md", "../deploy/grafana/usageflow.json"})
    void shouldBeWhatTheCodeSays(String page) throws IOException {
        // Tests run in the module's folder.
        Path file = Path.of("..", "docs", page);
        if ("write".equals(System.getProperty("usageflow.pages"))) {
            Files.writeString(file, PAGES.get(page));
        }

        assertThat(Files.readString(file))
                .as("docs/%s is stale: CONTRIBUTING.md says how to write it", page)
                .isEqualTo(PAGES.get(page));
    }

    /** The page itself is written by hand. */
    @Test
    void shouldListTheRightsThatTheCodeNeeds() throws IOException {
        Path file = Path.of("..", "docs", "security.md");
        String page = Files.readString(file);
        int begin = page.indexOf("-->", page.indexOf("<!-- rights: ")) + "-->\n".length();
        int end = page.indexOf("<!-- rights end -->");
        String rights = RightsSection.markdown(KafkaRights.all(Settings.load(ConfigSources.none())));
        if ("write".equals(System.getProperty("usageflow.pages"))) {
            Files.writeString(file, page.substring(0, begin) + rights + page.substring(end));
            return;
        }

        assertThat(page.substring(begin, end))
                .as("docs/security.md is stale: CONTRIBUTING.md says how to write it")
                .isEqualTo(rights);
    }

    @Test
    void shouldNotShowWhatValidatorsAreCalledInJava() {
        assertThat(PAGES.get("configuration.md"))
                .contains("`" + CredytSettings.API_KEY + "` | password | none")
                .contains("| `stop.timeout` | duration | `25s` | [1s,...,10m] |")
                .doesNotContain("Lambda")
                .doesNotContainPattern("@[0-9a-f]{4,}");
    }
}

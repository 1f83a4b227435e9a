package io.usageflow.forwarder.observe.meter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus' own checker says of the alert rules, of their cases and of the dashboard's expressions. */
class PromtoolIT {
    private static final Path FOLDER = Path.of("..", "deploy", "prometheus");

    @BeforeAll
    static void needPromtool() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
                "left out: no promtool on the path (Debian's package prometheus)");
    }

    /** Without the file of the token, which is not here. */
    @Test
    void shouldAcceptTheConfiguration() throws Exception {
        accepts(FOLDER.resolve("prometheus.yml"), "check", "config", "--syntax-only");
    }

    @Test
    void shouldAcceptTheAlertRules() throws Exception {
        accepts(FOLDER.resolve("usageflow-alerts.yml"), "check", "rules");
    }

    @Test
    void shouldFireAndResolveEachAlertInItsCase() throws Exception {
        accepts(FOLDER.resolve("usageflow-alerts.test.yml"), "test", "rules");
    }

    @Test
    void shouldParseTheExpressionsOfTheDashboard(@TempDir Path folder) throws Exception {
        var rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        for (String expression : GrafanaDashboard.expressions()) {
            rules.append("      - record: panel_")
                    .append(rules.length())
                    .append("\n        expr: >-\n          ")
                    .append(expression.replace("$__rate_interval", "5m"))
                    .append('\n');
        }
        accepts(Files.writeString(folder.resolve("dashboard.yml"), rules), "check", "rules");
    }

    /** Runs {@code promtool COMMAND FILE} in the file's folder, which must end well. */
    private static void accepts(Path file, String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("promtool"));
        words.addAll(List.of(command));
        words.add(file.getFileName().toString());
        Process run = new ProcessBuilder(words)
                .directory(file.toAbsolutePath().getParent().toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(run.getInputStream().readAllBytes(), UTF_8);
        assertThat(run.waitFor()).as(output).isZero();
        assertThat(output).contains("SUCCESS");
    }
}

package io.usageflow.forwarder.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every alert leads to a section of the runbook, and has a case of Prometheus' own test that it fires and resolves;
 * {@code PromtoolIT} runs the cases.
 */
class AlertRuleFilesTest {
    private static final Path FOLDER = Path.of("..", "deploy", "prometheus").toAbsolutePath();
    private static final Path RULES = FOLDER.resolve("usageflow-alerts.yml");
    private static final Path CASES = FOLDER.resolve("usageflow-alerts.test.yml");
    private static final Path DOCS = Path.of("..");
    private static final Pattern ALERT = Pattern.compile("(?m)^      - alert: (\\w+)$");
    private static final Pattern RUNBOOK = Pattern.compile("(?m)^          runbook_url: (\\S+)#(\\S+)$");

    @Test
    void shouldLeadToASectionOfTheRunbook() throws IOException {
        Map<String, String> alerts = alerts();
        assertThat(alerts).hasSizeGreaterThan(40);
        for (Map.Entry<String, String> alert : alerts.entrySet()) {
            Matcher link = RUNBOOK.matcher(alert.getValue());
            assertThat(link.find()).as(alert.getKey() + " has a runbook_url").isTrue();
            assertThat(anchors(DOCS.resolve(link.group(1)))).as(alert.getKey()).contains(link.group(2));
            assertThat(alert.getValue())
                    .as(alert.getKey())
                    .containsPattern("labels: \\{severity: (critical|warning|info)}")
                    .contains("summary: ", "description: ");
        }
    }

    @Test
    void shouldHaveACaseInWhichEachAlertFiresAndOnesInWhichItDoesNot() throws IOException {
        String cases = Files.readString(CASES);
        for (String alert : alerts().keySet()) {
            String expression = "alertname=\"" + alert + "\",alertstate=\"firing\"})', eval_time: ";
            List<String> expected = cases.lines()
                    .filter(line -> line.contains(expression))
                    .map(line -> line.substring(line.indexOf("exp_samples: ")))
                    .toList();
            assertThat(expected)
                    .as(alert)
                    .containsExactly(
                            "exp_samples: []}", "exp_samples: [{labels: \"{}\", value: 1}]}", "exp_samples: []}");
        }
    }

    /** The text of each alert, by its name. */
    private static Map<String, String> alerts() throws IOException {
        String rules = Files.readString(RULES);
        List<MatchResult> begins = ALERT.matcher(rules).results().toList();
        Map<String, String> alerts = new LinkedHashMap<>();
        for (int i = 0; i < begins.size(); i++) {
            int end = i + 1 < begins.size() ? begins.get(i + 1).start() : rules.length();
            alerts.put(begins.get(i).group(1), rules.substring(begins.get(i).start(), end));
        }
        return alerts;
    }

    /** The anchors that GitHub gives a page's headings. */
    private static Set<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 -]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}

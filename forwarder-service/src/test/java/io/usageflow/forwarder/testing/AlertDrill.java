package io.usageflow.forwarder.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether an alert that we ship fires, as Prometheus' own evaluation says, on what a registry served in the phases of a
 * drill. Gauges keep their value in a phase; counters rise evenly to it. Not thread-safe.
 */
public final class AlertDrill {
    private static final Path RULES = Path.of("..", "deploy", "prometheus", "usageflow-alerts.yml")
            .toAbsolutePath()
            .normalize();
    private static final Pattern COUNTER = Pattern.compile("\\w+_(total|bucket|count|sum)([{].*)?");

    private final String alert;
    private final List<Phase> phases = new ArrayList<>();
    private Map<String, BigDecimal> begun = Map.of();

    /** @param samples by series; without those that have no number */
    private record Phase(int minutes, Map<String, BigDecimal> samples, boolean fires) {}

    public AlertDrill(String alert) {
        this.alert = alert;
    }

    /** What was served before the first phase; nothing where it is not given. */
    public void begin(String scrape) {
        begun = samples(scrape);
    }

    /**
     * Adds a phase.
     *
     * @param scrape what was served at its end
     * @param fires whether the alert must fire then
     */
    public void phase(int minutes, String scrape, boolean fires) {
        phases.add(new Phase(minutes, samples(scrape), fires));
    }

    /** Fails unless the alert fires at the end of the phases in which it must, and of no other. Needs promtool. */
    public void evaluate(Path folder) throws IOException, InterruptedException {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "promtool"))),
                "left out: no promtool on the path (Debian's package prometheus)");
        Path file = Files.writeString(folder.resolve("drill.yml"), cases());
        Process run = new ProcessBuilder("promtool", "test", "rules", file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(run.getInputStream().readAllBytes(), UTF_8);
        assertThat(run.waitFor()).as(output).isZero();
    }

    private String cases() {
        var cases = new StringBuilder("rule_files:\n  - " + RULES + "\nevaluation_interval: 1m\ntests:\n"
                + "  - interval: 1m\n    input_series:\n");
        var names = new TreeSet<String>();
        phases.forEach(phase -> names.addAll(phase.samples().keySet()));
        assertThat(names).isNotEmpty();
        for (String name : names) {
            cases.append("      - {series: '")
                    .append(name)
                    .append("', values: '")
                    .append(values(name))
                    .append("'}\n");
        }
        cases.append("    promql_expr_test:\n");
        int end = 0;
        for (Phase phase : phases) {
            end += phase.minutes();
            cases.append("      - {expr: 'count(ALERTS{alertname=\"")
                    .append(alert)
                    .append("\",alertstate=\"firing\"})', eval_time: ")
                    .append(end - 1)
                    .append("m, exp_samples: ")
                    .append(phase.fires() ? "[{labels: \"{}\", value: 1}]" : "[]")
                    .append("}\n");
        }
        return cases.toString();
    }

    /** In Prometheus' notation, a sample a minute. */
    private String values(String name) {
        var values = new ArrayList<String>();
        BigDecimal before = begun.get(name);
        for (Phase phase : phases) {
            BigDecimal value = phase.samples().get(name);
            if (value == null) {
                values.add("_x" + phase.minutes());
            } else if (before == null || !COUNTER.matcher(name).matches()) {
                values.add(value.toPlainString() + "+0x" + (phase.minutes() - 1));
            } else {
                BigDecimal step =
                        value.subtract(before).divide(BigDecimal.valueOf(phase.minutes()), 9, RoundingMode.DOWN);
                values.add(before.add(step).toPlainString() + "+" + step.toPlainString() + "x" + (phase.minutes() - 1));
            }
            before = value;
        }
        return String.join(" ", values);
    }

    private static Map<String, BigDecimal> samples(String scrape) {
        Map<String, BigDecimal> samples = new LinkedHashMap<>();
        scrape.lines().filter(line -> line.startsWith("usageflow_")).forEach(line -> {
            int blank = line.lastIndexOf(' ');
            String number = line.substring(blank + 1);
            if (!number.equals("NaN") && !number.endsWith("Inf")) {
                samples.put(line.substring(0, blank), new BigDecimal(number));
            }
        });
        return samples;
    }
}

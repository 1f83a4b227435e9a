package io.usageflow.forwarder.testing;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the alert rules that we ship speak of, and what there is to speak of: an alert on a metric that does not exist never fires. */
public final class AlertRules {
    private static final Pattern METRIC = Pattern.compile("\\busageflow_[a-z_]+\\b");

    private AlertRules() {}

    /** Names of metrics in the rules. */
    public static Set<String> metrics(String prefix) throws IOException {
        String rules = Files.readString(Path.of("..", "deploy", "prometheus", "usageflow-alerts.yml"));
        return metricsIn(rules).stream().filter(name -> name.startsWith(prefix)).collect(Collectors.toSet());
    }

    /** Names of metrics in expressions of Prometheus. */
    public static Set<String> metricsIn(String text) {
        return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
    }

    /** Names of metrics that Prometheus would find. */
    public static Set<String> served(PrometheusMeterRegistry registry) {
        return registry.scrape()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toSet());
    }
}

package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** An alert on a metric that does not exist never fires. */
class AlertRulesTest {
    private static final Pattern METRIC = Pattern.compile("\\busageflow_[a-z_]+\\b");

    @Test
    void shouldAlertOnMetricsThatAreThere() throws IOException {
        String rules = Files.readString(Path.of("..", "deploy", "prometheus", "usageflow-alerts.yml"));
        Set<String> named =
                METRIC.matcher(rules).results().map(MatchResult::group).collect(Collectors.toSet());
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (AdmissionMeters meters = new AdmissionMeters(
                registry, new RegistryWatch(), AdmissionDriver.settings().guard())) {
            meters.parked(0, 0, Optional.empty());
            meters.remembered(0, new AdmissionMeters.Remembered(1, 1, 1));

            Set<String> served = registry.scrape()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("[{ ]", 2)[0])
                    .collect(Collectors.toSet());

            assertThat(served).containsAll(named);
            assertThat(named).contains("usageflow_admission_dedup_window_seconds");
        }
    }
}

package io.usageflow.forwarder.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.admission.check.RegistryRetry.RegistryStatus;
import io.usageflow.forwarder.admission.counters.AdmissionMeters;
import io.usageflow.forwarder.testing.AlertRules;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** An alert on a metric that does not exist never fires. */
class AlertRulesTest {
    @Test
    void shouldAlertOnMetricsThatAreThere() throws IOException {
        Set<String> named = AlertRules.metrics("usageflow_admission_");
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (AdmissionMeters meters = new AdmissionMeters(registry, new RegistryStatus(), AdmissionDriver.settings())) {
            meters.parked(0, 0, Optional.empty());
            meters.source("usage.events", () -> 1, () -> 1);
            meters.remembered(0, new AdmissionMeters.Remembered(1, 1, 1, 1, 1));

            assertThat(AlertRules.served(registry)).containsAll(named);
            assertThat(named).contains("usageflow_admission_dedup_window_seconds");
        }
    }
}

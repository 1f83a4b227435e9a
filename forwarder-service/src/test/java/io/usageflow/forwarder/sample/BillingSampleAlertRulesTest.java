package io.usageflow.forwarder.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.testing.AlertRules;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BillingSampleAlertRulesTest {
    @Test
    void shouldAlertOnMetricsThatAreThere() throws IOException {
        Set<String> named = AlertRules.metrics("usageflow_billing_samples_");
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (var meters = new SampleMeters(registry, () -> 0)) {
            meters.count(SampleResult.UNBILLED, 1);

            assertThat(AlertRules.served(registry)).containsAll(named);
            assertThat(named).contains("usageflow_billing_samples_events_total");
        }
        assertThat(AlertRules.served(registry)).as("the registry outlives them").doesNotContainAnyElementsOf(named);
    }
}

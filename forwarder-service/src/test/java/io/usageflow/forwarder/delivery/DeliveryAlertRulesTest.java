package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot;
import io.usageflow.forwarder.testing.AlertRules;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeliveryAlertRulesTest {
    @Test
    void shouldAlertOnMetricsThatAreThere() throws IOException {
        Set<String> named = AlertRules.metrics("usageflow_delivery_");
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (DeliveryMeters meters = new DeliveryMeters(registry)) {
            meters.show(DeliverySnapshot.empty());

            assertThat(AlertRules.served(registry)).containsAll(named);
            assertThat(named).contains("usageflow_delivery_circuit", "usageflow_delivery_retention_left_seconds");
        }
    }
}

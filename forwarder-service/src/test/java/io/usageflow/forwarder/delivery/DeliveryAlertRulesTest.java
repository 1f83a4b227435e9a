package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.delivery.health.DeliveryMeters;
import io.usageflow.forwarder.delivery.health.DeliverySnapshot;
import io.usageflow.forwarder.testing.AlertRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeliveryAlertRulesTest {
    @Test
    void shouldAlertOnMetricsThatAreThere() throws IOException {
        Set<String> named = AlertRules.metrics("usageflow_delivery_");
        Set<String> scaledBy = AlertRules.metricsIn(Files.readString(
                Path.of("..", "deploy", "kubernetes", "overlays", "production-keda", "delivery-scaler.yaml")));
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (DeliveryMeters meters = new DeliveryMeters(registry)) {
            meters.show(DeliverySnapshot.empty());

            assertThat(AlertRules.served(registry)).containsAll(named).containsAll(scaledBy);
            assertThat(scaledBy).contains("usageflow_delivery_oldest_age_seconds");
            assertThat(named).contains("usageflow_delivery_circuit", "usageflow_delivery_retention_left_seconds");
        }
    }
}

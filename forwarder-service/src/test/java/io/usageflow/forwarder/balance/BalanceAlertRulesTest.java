package io.usageflow.forwarder.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.config.BalanceSettings.Timing;
import io.usageflow.forwarder.testing.AlertRules;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BalanceAlertRulesTest {
    @Test
    void shouldAlertOnMetricsThatAreThere() throws IOException {
        Set<String> named = AlertRules.metrics("usageflow_balances_");
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var timing = new Timing(Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(30));
        try (var meters =
                new BalanceMeters(registry, new WalletSchedule(timing, 1), Set.of("USD"), Clock.systemUTC())) {
            meters.count(BalanceMeters.Reading.WRITTEN);

            assertThat(AlertRules.served(registry)).containsAll(named);
            assertThat(named).contains("usageflow_balances_low_accounts", "usageflow_balances_overdue_seconds");
        }
        assertThat(AlertRules.served(registry)).as("the registry outlives them").doesNotContainAnyElementsOf(named);
    }
}

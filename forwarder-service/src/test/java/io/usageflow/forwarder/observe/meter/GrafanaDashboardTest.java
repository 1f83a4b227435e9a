package io.usageflow.forwarder.observe.meter;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.testing.AlertRules;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GrafanaDashboardTest {
    @Test
    void shouldNameSeriesAsPrometheusDoes() {
        for (CataloguedMeter meter : catalogue()) {
            var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            String unit = meter.unit().isEmpty() ? null : meter.unit();
            String suffix = "";
            switch (meter.kind()) {
                case "counter" ->
                    Counter.builder(meter.meterName()).baseUnit(unit).register(registry);
                case "gauge" ->
                    Gauge.builder(meter.meterName(), () -> 1).baseUnit(unit).register(registry);
                case "timer" -> {
                    suffix = "_count";
                    Timer.builder(meter.meterName()).register(registry);
                }
                case "summary" -> {
                    suffix = "_count";
                    DistributionSummary.builder(meter.meterName())
                            .baseUnit(unit)
                            .register(registry);
                }
                default -> throw new AssertionError("a kind without a case: " + meter.kind());
            }

            assertThat(AlertRules.served(registry)).contains(GrafanaDashboard.series(meter) + suffix);
        }
    }

    @Test
    void shouldFillTheWidthOfItsRows() throws Exception {
        JsonNode dashboard = new ObjectMapper().readTree(GrafanaDashboard.json());

        Set<Integer> ids = Stream.of(dashboard.get("panels"))
                .flatMap(panels -> stream(panels))
                .map(panel -> panel.get("id").intValue())
                .collect(toSet());
        assertThat(ids).hasSize(dashboard.get("panels").size());
        for (JsonNode panel : dashboard.get("panels")) {
            JsonNode place = panel.get("gridPos");
            assertThat(place.get("x").intValue() + place.get("w").intValue()).isLessThanOrEqualTo(24);
        }
        assertThat(GrafanaDashboard.expressions()).hasSizeGreaterThan(25);
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        Stream.Builder<JsonNode> all = Stream.builder();
        array.forEach(all::add);
        return all.build();
    }

    private static List<CataloguedMeter> catalogue() {
        return Stream.<CataloguedMeter[]>of(
                        AdmissionMeter.values(),
                        DeliveryMeter.values(),
                        CatalogueMeter.values(),
                        LedgerMeter.values(),
                        DeadLetterMeter.values(),
                        BalanceMeter.values(),
                        BillingSampleMeter.values())
                .flatMap(Arrays::stream)
                .toList();
    }
}

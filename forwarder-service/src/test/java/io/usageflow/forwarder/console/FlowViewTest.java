package io.usageflow.forwarder.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.config.AdminToken.AdminRole;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.console.page.BoundedWork;
import io.usageflow.forwarder.console.page.Layout;
import io.usageflow.forwarder.observe.HealthReport;
import io.usageflow.forwarder.observe.StageHealth;
import io.usageflow.forwarder.observe.WebPage;
import io.usageflow.forwarder.observe.meter.AdmissionMeter;
import io.usageflow.forwarder.observe.meter.DeadLetterMeter;
import io.usageflow.forwarder.observe.meter.DeliveryMeter;
import io.usageflow.forwarder.observe.meter.LedgerMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FlowViewTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final FlowHistory history = new FlowHistory(meters, nanos::get);
    private final Map<String, StageHealth> stages = new LinkedHashMap<>();
    private BoundedWork.Result<Instances> instances =
            new BoundedWork.Result<>(Optional.empty(), Optional.of("Kafka is away"));
    private final WebPage page = new FlowView(
            new Layout("here", false, () -> NOW),
            Settings.load(ConfigSources.none()).topics().names(),
            () -> new HealthReport(stages),
            history,
            () -> instances);

    @Test
    void shouldShowAllInstancesWithTheirPartitions() {
        assertThat(page.answer(Map.of(), AdminRole.READER).text()).contains("Not known: Kafka is away");

        var member = new Instances.Member(
                "admission", "one", "/10.0.0.1", 2, new TreeSet<>(List.of(0, 1, 2, 5)), new TreeSet<>(List.of(7)));
        var gap = new Instances.Unassigned("delivery", new TreeSet<>(List.of(3)));
        instances = found(new Instances(List.of(member), true, List.of(gap), List.of("delivery: not authorized")));
        assertThat(page.answer(Map.of(), AdminRole.READER).text())
                .contains("<td data-label=\"Partitions\">0-2, 5</td><td data-label=\"Standby for\">7</td>")
                .contains("No instance of delivery has the partitions 3 now.", "Not known: delivery: not authorized");

        instances = found(new Instances(List.of(member), false, List.of(), List.of()));
        assertThat(page.answer(Map.of(), AdminRole.READER).text())
                .contains("Kafka does not say who holds standby copies")
                .doesNotContain("Standby for");
    }

    private static BoundedWork.Result<Instances> found(Instances instances) {
        return new BoundedWork.Result<>(Optional.of(instances), Optional.empty());
    }

    @Test
    void shouldShowWhatFlowsWhatWaitsAndHowOldItIs() {
        stages.put("admission", StageHealth.flowing("2 tasks run"));
        stages.put("ledger", StageHealth.flowing("the books balance"));
        var admitted = meters.counter(AdmissionMeter.EVENTS.meterName(), "outcome", "admitted");
        gauge(AdmissionMeter.PARKED.meterName(), 1_234, "partition", "0");
        gauge(AdmissionMeter.PARKED.meterName(), 1, "partition", "1");
        gauge(
                AdmissionMeter.LAST_EVENT.meterName(),
                (double) NOW.minusSeconds(90).getEpochSecond(),
                "x",
                "");
        gauge(DeliveryMeter.OLDEST_AGE.meterName(), 61, "x", "");
        gauge(DeliveryMeter.CIRCUIT.meterName(), 0, "cause", "auth");
        gauge(DeliveryMeter.CIRCUIT.meterName(), 1, "cause", "failures");
        var fresh = Timer.builder(DeliveryMeter.FRESHNESS.meterName())
                .serviceLevelObjectives(Duration.ofMillis(500), Duration.ofSeconds(60))
                .register(meters);
        for (int i = 0; i < 98; i++) {
            fresh.record(Duration.ofMillis(10));
        }
        fresh.record(Duration.ofSeconds(30));
        gauge(LedgerMeter.IN_FLIGHT.meterName(), -1, "x", "");
        gauge(LedgerMeter.AGE.meterName(), 3, "x", "");
        gauge(DeadLetterMeter.OPEN.meterName(), 4, "reason", "TOO_OLD");
        gauge(DeadLetterMeter.AGE.meterName(), 61, "x", "");
        history.sample();
        admitted.increment(300);
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        history.sample();

        assertThat(shown()).contains("<dt>publish to accepted</dt><dd>99 % within 1 min 0 s</dd>");
        for (int i = 0; i < 100; i++) {
            fresh.record(Duration.ofMillis(10));
        }
        assertThat(shown()).contains("<dt>publish to accepted</dt><dd>99 % within 500 ms</dd>");
        assertThat(shown())
                .contains("All is well in this instance.", "the books balance")
                .contains("<dt>events a second</dt><dd>10.0</dd>")
                .contains("<dt>parked</dt><dd>1,235</dd>")
                .contains("<dt>last event</dt><dd>1 min 30 s ago</dd>")
                .contains("<dt>oldest not settled</dt><dd>1 min 1 s</dd>")
                .contains("<dt>circuit</dt><dd>open: failures</dd>")
                .contains("admitted and not settled</td><td data-label=\"How much\">0</td>")
                .contains(">4, counted 1 min 1 s ago</td>", ">3 s ago</td>")
                .contains("at most 10.0 a second")
                .contains("<code>usageflow ledger</code>");
    }

    @Test
    void shouldSayWhatIsNotWellAndWhatThisInstanceDoesNotHave() {
        stages.put("delivery", StageHealth.waiting("Credyt refuses <the key>"));
        stages.put("ledger", StageHealth.flowing("not read yet"));
        gauge(LedgerMeter.IMBALANCE.meterName(), 7, "kind", "outcomes");

        assertThat(shown())
                .contains(
                        "Not well", "Credyt refuses &lt;the key&gt;", "not read yet", "imbalance: outcomes", "7 events")
                .contains("<dt>parked</dt><dd>not in this instance</dd>")
                .contains("<dt>circuit</dt><dd>not in this instance</dd>")
                .contains("<dt>publish to accepted</dt><dd>none yet</dd>")
                .doesNotContain("the books balance", "All is well");
    }

    @Test
    void shouldKeepAnHourAndNoMore() {
        for (int i = 0; i < 2 * FlowHistory.SAMPLES_MAX; i++) {
            meters.counter(AdmissionMeter.EVENTS.meterName(), "outcome", "admitted")
                    .increment(i < 600 ? 10 : 20);
            nanos.addAndGet(FlowHistory.EVERY.toNanos());
            history.sample();
        }

        assertThat(history.lastHour()).hasSize(FlowHistory.SAMPLES_MAX - 1);
        assertThat(history.lastMinute().admitted()).isEqualTo(2.0);
    }

    private String shown() {
        return page.answer(Map.of(), AdminRole.READER).text();
    }

    private void gauge(String name, double value, String tag, String tagged) {
        Gauge.builder(name, () -> value).tag(tag, tagged).register(meters);
    }
}

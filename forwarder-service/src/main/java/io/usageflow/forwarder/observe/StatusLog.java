package io.usageflow.forwarder.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.observe.meter.AdmissionMeter;
import io.usageflow.forwarder.observe.meter.CataloguedMeter;
import io.usageflow.forwarder.observe.meter.DeliveryMeter;
import io.usageflow.schema.text.VisibleText;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line a minute that says whether all is well, with what happened since the line before. One thread of its
 * own; close it.
 */
public final class StatusLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StatusLog.class);
    private static final Duration EVERY = Duration.ofMinutes(1);

    private final Supplier<HealthReport> health;
    private final MeterRegistry meters;
    private final Map<String, Double> before = new HashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "status-log");

    public StatusLog(Supplier<HealthReport> health, MeterRegistry meters) {
        this.health = health;
        this.meters = meters;
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!stop.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    log();
                } catch (RuntimeException failed) {
                    LOG.warn("event=status_unknown why={}", VisibleText.logged(failed));
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    void log() {
        HealthReport report = health.get();
        String figures = "admitted=" + since(AdmissionMeter.EVENTS, "outcome", "admitted")
                + " delivered=" + since(DeliveryMeter.EVENTS, "outcome", "accepted")
                + " dead_lettered="
                + (since(AdmissionMeter.EVENTS, "outcome", "dead_lettered")
                        + since(DeliveryMeter.EVENTS, "outcome", "dead_lettered"))
                + " parked=" + now(AdmissionMeter.PARKED)
                + " waiting=" + (now(DeliveryMeter.OUTSTANDING) + now(DeliveryMeter.LAG))
                + " oldest_s=" + now(DeliveryMeter.OLDEST_AGE);
        if (report.ready()) {
            LOG.info("event=all_is_well {}", figures);
        } else {
            LOG.warn("event=not_well {} why={}", figures, VisibleText.logged(why(report)));
        }
    }

    private static String why(HealthReport report) {
        var why = new StringBuilder();
        report.stages().forEach((name, stage) -> {
            if (!stage.ready()) {
                why.append(why.isEmpty() ? "" : "; ").append(name).append(": ").append(stage.detail());
            }
        });
        return why.toString();
    }

    private long since(CataloguedMeter counter, String tag, String value) {
        double total = meters.find(counter.meterName()).tag(tag, value).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
        Double last = before.put(counter.meterName() + value, total);
        return Math.round(total - (last == null ? 0 : last));
    }

    private long now(CataloguedMeter gauge) {
        return Math.round(meters.find(gauge.meterName()).gauges().stream()
                .mapToDouble(Gauge::value)
                .filter(Double::isFinite)
                .sum());
    }

    @Override
    public void close() {
        stop.countDown();
        thread.interrupt();
    }
}

package io.usageflow.forwarder.console;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.observe.meter.AdmissionMeter;
import io.usageflow.forwarder.observe.meter.CataloguedMeter;
import io.usageflow.forwarder.observe.meter.DeliveryMeter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** What this process's meters say now, and how fast they rose in the last hour. Thread-safe; close it. */
public final class FlowHistory implements AutoCloseable {
    static final Duration EVERY = Duration.ofSeconds(10);
    static final int SAMPLES_MAX = 361;

    private final MeterRegistry meters;
    private final LongSupplier nanoClock;
    private final Deque<Sample> samples = new ArrayDeque<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "console-history");

    FlowHistory(MeterRegistry meters, LongSupplier nanoClock) {
        this.meters = meters;
        this.nanoClock = nanoClock;
        thread.setDaemon(true);
    }

    /** Counters since the start of the process. */
    private record Sample(long nanos, double admitted, double delivered) {}

    /** Events a second between two samples. */
    public record Rates(double admitted, double delivered) {}

    void start() {
        thread.start();
    }

    private void run() {
        try {
            do {
                sample();
            } while (!stop.await(EVERY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    void sample() {
        var now = new Sample(
                nanoClock.getAsLong(),
                count(AdmissionMeter.EVENTS, "outcome", "admitted"),
                count(DeliveryMeter.EVENTS, "outcome", "accepted"));
        synchronized (samples) {
            samples.addLast(now);
            if (samples.size() > SAMPLES_MAX) {
                samples.removeFirst();
            }
        }
    }

    /** Of the last minute, or of less if the process is younger. */
    public Rates lastMinute() {
        List<Sample> kept = kept();
        return kept.size() < 2
                ? new Rates(0, 0)
                : rates(kept.get(Math.max(0, kept.size() - 7)), kept.get(kept.size() - 1));
    }

    /** The oldest first, each of {@link #EVERY}. */
    List<Rates> lastHour() {
        List<Sample> kept = kept();
        var rates = new ArrayList<Rates>();
        for (int i = 1; i < kept.size(); i++) {
            rates.add(rates(kept.get(i - 1), kept.get(i)));
        }
        return rates;
    }

    private List<Sample> kept() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }

    /** A counter whose stage was closed begins at zero again. */
    private static Rates rates(Sample from, Sample to) {
        double seconds = Math.max(1e-3, (to.nanos() - from.nanos()) / 1e9);
        return new Rates(
                Math.max(0, to.admitted() - from.admitted()) / seconds,
                Math.max(0, to.delivered() - from.delivered()) / seconds);
    }

    /** A counter, over all its other tags. */
    public double count(CataloguedMeter counter, String tag, String value) {
        return meters.find(counter.meterName()).tag(tag, value).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** The sum of a gauge over all its tags; empty if this process does not have it. */
    public OptionalDouble sum(CataloguedMeter gauge) {
        List<Double> values = values(gauge);
        return values.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(values.stream().mapToDouble(each -> each).sum());
    }

    /** The largest value of a gauge; empty if this process does not have it. */
    public OptionalDouble max(CataloguedMeter gauge) {
        return values(gauge).stream().mapToDouble(each -> each).max();
    }

    private List<Double> values(CataloguedMeter gauge) {
        return meters.find(gauge.meterName()).gauges().stream()
                .map(Gauge::value)
                .filter(Double::isFinite)
                .toList();
    }

    MeterRegistry meters() {
        return meters;
    }

    @Override
    public void close() {
        stop.countDown();
    }
}

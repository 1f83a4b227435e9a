package io.usageflow.forwarder.sample;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.observe.meter.BillingSampleMeter;
import io.usageflow.forwarder.observe.meter.RegisteredMeters;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Records the meters of billing samples. Thread-safe; close it. */
final class SampleMeters implements AutoCloseable {
    private final RegisteredMeters meters;
    private final Map<SampleResult, Counter> results;
    private final Counter skipped;

    SampleMeters(MeterRegistry registry, Supplier<Number> waiting) {
        meters = new RegisteredMeters(registry);
        results = meters.counters(BillingSampleMeter.SAMPLES, SampleResult.class);
        meters.gauge(BillingSampleMeter.WAITING, waiting);
        skipped = meters.counter(BillingSampleMeter.SKIPPED);
    }

    void count(SampleResult result, long samples) {
        Objects.requireNonNull(results.get(result)).increment((double) samples);
    }

    void skipped(long events) {
        skipped.increment((double) events);
    }

    @Override
    public void close() {
        meters.close();
    }
}

package io.usageflow.forwarder.sample;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.observe.meter.BillingSampleMeter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Records the meters of billing samples. Thread-safe; close it. */
final class SampleMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final List<Meter> mine = new ArrayList<>();
    private final Map<SampleResult, Counter> results = new EnumMap<>(SampleResult.class);
    private final Counter skipped;

    SampleMeters(MeterRegistry registry, Supplier<Number> waiting) {
        this.registry = registry;
        for (SampleResult result : SampleResult.values()) {
            Counter counter = Counter.builder(BillingSampleMeter.SAMPLES.meterName())
                    .description(BillingSampleMeter.SAMPLES.doc())
                    .baseUnit(BillingSampleMeter.SAMPLES.unit())
                    .tag("result", result.name().toLowerCase(Locale.ROOT))
                    .register(registry);
            results.put(result, counter);
            mine.add(counter);
        }
        mine.add(Gauge.builder(BillingSampleMeter.WAITING.meterName(), waiting)
                .description(BillingSampleMeter.WAITING.doc())
                .baseUnit(BillingSampleMeter.WAITING.unit())
                .register(registry));
        skipped = Counter.builder(BillingSampleMeter.SKIPPED.meterName())
                .description(BillingSampleMeter.SKIPPED.doc())
                .baseUnit(BillingSampleMeter.SKIPPED.unit())
                .register(registry);
        mine.add(skipped);
    }

    void count(SampleResult result, long samples) {
        Objects.requireNonNull(results.get(result)).increment((double) samples);
    }

    void skipped(long events) {
        skipped.increment((double) events);
    }

    @Override
    public void close() {
        mine.forEach(registry::remove);
    }
}

package io.usageflow.forwarder.observe.meter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Registers meters as their catalogue describes them, with the values of their labels in the order of {@link
 * CataloguedMeter#tags}, and removes them when it is closed. Thread-safe.
 */
public final class RegisteredMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Collection<Meter> registered = new ConcurrentLinkedQueue<>();

    public RegisteredMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    public Counter counter(CataloguedMeter meter, String... labels) {
        return added(Counter.builder(meter.meterName())
                .description(meter.doc())
                .baseUnit(unit(meter))
                .tags(tags(meter, labels))
                .register(registry));
    }

    /** A counter for each constant, whose {@link #word} is the label. */
    public <E extends Enum<E>> Map<E, Counter> counters(CataloguedMeter meter, Class<E> labels) {
        Map<E, Counter> counters = new EnumMap<>(labels);
        for (E label : labels.getEnumConstants()) {
            counters.put(label, counter(meter, word(label)));
        }
        return counters;
    }

    public void gauge(CataloguedMeter meter, Supplier<Number> value, String... labels) {
        added(Gauge.builder(meter.meterName(), value)
                .description(meter.doc())
                .baseUnit(unit(meter))
                .tags(tags(meter, labels))
                .register(registry));
    }

    /** With a histogram for percentiles. */
    public Timer timer(CataloguedMeter meter, String... labels) {
        return added(Timer.builder(meter.meterName())
                .description(meter.doc())
                .tags(tags(meter, labels))
                .publishPercentileHistogram()
                .register(registry));
    }

    /** With a histogram of these upper bounds. */
    public Timer histogram(CataloguedMeter meter, Duration... within) {
        return added(Timer.builder(meter.meterName())
                .description(meter.doc())
                .serviceLevelObjectives(within)
                .register(registry));
    }

    public DistributionSummary summary(CataloguedMeter meter) {
        return added(DistributionSummary.builder(meter.meterName())
                .description(meter.doc())
                .baseUnit(unit(meter))
                .register(registry));
    }

    /** A constant as a label. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        registered.forEach(registry::remove);
    }

    private <M extends Meter> M added(M meter) {
        registered.add(meter);
        return meter;
    }

    private static @Nullable String unit(CataloguedMeter meter) {
        return meter.unit().isEmpty() ? null : meter.unit();
    }

    private static Tags tags(CataloguedMeter meter, String... labels) {
        Tags tags = Tags.empty();
        for (int i = 0; i < labels.length; i++) {
            tags = tags.and(meter.tags().get(i), labels[i]);
        }
        return tags;
    }
}

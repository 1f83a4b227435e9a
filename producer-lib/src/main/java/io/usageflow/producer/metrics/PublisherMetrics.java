package io.usageflow.producer.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.UsagePublisher;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows a publisher in Micrometer, as {@link PublisherMeter} lists. Needs {@code micrometer-core}, 1.9 or later, on the
 * application's class path. Immutable, thread-safe; may be bound to several registries.
 */
public final class PublisherMetrics implements MeterBinder {
    private final PublisherStatistics statistics;
    private final List<Tag> tags;

    /** Without further labels. */
    public PublisherMetrics(UsagePublisher publisher) {
        this(publisher, List.of());
    }

    /** @param tags on every meter; where one registry has several publishers they need one that tells them apart */
    public PublisherMetrics(UsagePublisher publisher, Iterable<Tag> tags) {
        this.statistics = publisher.statistics();
        List<Tag> copy = new ArrayList<>();
        tags.forEach(copy::add);
        this.tags = List.copyOf(copy);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, PublisherMeter.PUBLISHED, tags, PublisherStatistics::published);
        counter(registry, PublisherMeter.DURABLE, tags, PublisherStatistics::durable);
        for (RefusalReason reason : RefusalReason.values()) {
            List<Tag> withReason = new ArrayList<>(tags);
            withReason.add(Tag.of("reason", reason.tag()));
            counter(registry, PublisherMeter.REFUSED, withReason, all -> all.refused(reason));
        }
        counter(registry, PublisherMeter.SUSPECT_IDS, tags, PublisherStatistics::suspectIds);
        gauge(registry, PublisherMeter.IN_FLIGHT, PublisherStatistics::inFlight);
        gauge(registry, PublisherMeter.IN_FLIGHT_BYTES, PublisherStatistics::inFlightBytes);
        gauge(registry, PublisherMeter.SPOOL_EVENTS, all -> all.spool().events());
        gauge(registry, PublisherMeter.SPOOL_BYTES, all -> all.spool().bytes());
        gauge(
                registry,
                PublisherMeter.SPOOL_OLDEST_AGE,
                all -> ageSeconds(all.spool().oldest()));
        counter(registry, PublisherMeter.SPOOL_REFUSED, tags, all -> all.spool().refused());
        Timer latency = Timer.builder(PublisherMeter.DURABLE_LATENCY.meterName())
                .description(PublisherMeter.DURABLE_LATENCY.doc())
                .tags(tags)
                .register(registry);
        statistics.onDurable(nanos -> latency.record(nanos, TimeUnit.NANOSECONDS));
    }

    private void counter(
            MeterRegistry registry,
            PublisherMeter meter,
            List<Tag> labels,
            ToDoubleFunction<PublisherStatistics> count) {
        FunctionCounter.builder(meter.meterName(), statistics, count)
                .description(meter.doc())
                .baseUnit(meter.unit())
                .tags(labels)
                .register(registry);
    }

    private void gauge(MeterRegistry registry, PublisherMeter meter, ToDoubleFunction<PublisherStatistics> value) {
        Gauge.builder(meter.meterName(), statistics, value)
                .description(meter.doc())
                .baseUnit(meter.unit())
                .tags(tags)
                .register(registry);
    }

    private static double ageSeconds(@Nullable Instant oldest) {
        return oldest == null
                ? 0
                : Math.max(0, Duration.between(oldest, Instant.now()).toMillis() / 1e3);
    }
}

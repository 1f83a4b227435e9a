package io.usageflow.producer.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.usageflow.producer.PublisherStatistics;
import io.usageflow.producer.RefusalReason;
import io.usageflow.producer.SpoolStatus;
import io.usageflow.producer.UsagePublisher;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Shows a publisher in Micrometer, as {@link PublisherMeter} lists. Needs {@code micrometer-core}, 1.9 or later, on the
 * application's class path. Immutable, thread-safe; may be bound to several registries.
 */
public final class PublisherMetrics implements MeterBinder {
    private final UsagePublisher publisher;
    private final PublisherStatistics statistics;
    private final List<Tag> tags;

    /** Without further labels. */
    public PublisherMetrics(UsagePublisher publisher) {
        this(publisher, List.of());
    }

    /** @param tags on every meter; where one registry has several publishers they need one that tells them apart */
    public PublisherMetrics(UsagePublisher publisher, Iterable<Tag> tags) {
        this.publisher = publisher;
        this.statistics = publisher.statistics();
        List<Tag> copy = new ArrayList<>();
        tags.forEach(copy::add);
        this.tags = List.copyOf(copy);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, PublisherMeter.PUBLISHED, tags, statistics, PublisherStatistics::published);
        counter(registry, PublisherMeter.DURABLE, tags, statistics, PublisherStatistics::durable);
        for (RefusalReason reason : RefusalReason.values()) {
            List<Tag> withReason = new ArrayList<>(tags);
            withReason.add(Tag.of("reason", reason.tag()));
            counter(registry, PublisherMeter.REFUSED, withReason, statistics, all -> all.refused(reason));
        }
        counter(registry, PublisherMeter.SUSPECT_IDS, tags, statistics, PublisherStatistics::suspectIds);
        gauge(registry, PublisherMeter.IN_FLIGHT, statistics, PublisherStatistics::inFlight);
        gauge(registry, PublisherMeter.IN_FLIGHT_BYTES, statistics, PublisherStatistics::inFlightBytes);
        bindSpool(registry);
        Timer latency = Timer.builder(PublisherMeter.DURABLE_LATENCY.meterName())
                .description(PublisherMeter.DURABLE_LATENCY.doc())
                .tags(tags)
                .register(registry);
        statistics.onDurable(nanos -> latency.record(nanos, TimeUnit.NANOSECONDS));
    }

    private void bindSpool(MeterRegistry registry) {
        gauge(registry, PublisherMeter.SPOOL_EVENTS, publisher, spool(SpoolStatus::events));
        gauge(registry, PublisherMeter.SPOOL_BYTES, publisher, spool(SpoolStatus::bytes));
        gauge(registry, PublisherMeter.SPOOL_OLDEST_AGE, publisher, spool(status -> status.oldestAt()
                .map(PublisherMetrics::ageSeconds)
                .orElse(0.0)));
        counter(registry, PublisherMeter.SPOOL_REFUSED, tags, publisher, spool(SpoolStatus::refused));
        gauge(registry, PublisherMeter.SPOOL_SET_ASIDE, publisher, spool(SpoolStatus::setAside));
        gauge(registry, PublisherMeter.SPOOL_DAMAGED, publisher, spool(SpoolStatus::damaged));
    }

    private static ToDoubleFunction<UsagePublisher> spool(ToDoubleFunction<SpoolStatus> number) {
        return publisher -> publisher.spool().map(number::applyAsDouble).orElse(0.0);
    }

    // Meters know their subject weakly: the statistics are the publisher's, and the publisher is the application's.

    private static <T> void counter(
            MeterRegistry registry, PublisherMeter meter, List<Tag> tags, T subject, ToDoubleFunction<T> count) {
        FunctionCounter.builder(meter.meterName(), subject, count)
                .description(meter.doc())
                .baseUnit(meter.unit())
                .tags(tags)
                .register(registry);
    }

    private <T> void gauge(MeterRegistry registry, PublisherMeter meter, T subject, ToDoubleFunction<T> value) {
        Gauge.builder(meter.meterName(), subject, value)
                .description(meter.doc())
                .baseUnit(meter.unit())
                .tags(tags)
                .register(registry);
    }

    private static double ageSeconds(Instant oldest) {
        return Math.max(0, Duration.between(oldest, Instant.now()).toMillis() / 1e3);
    }
}

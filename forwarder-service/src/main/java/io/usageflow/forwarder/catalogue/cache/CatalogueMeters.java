package io.usageflow.forwarder.catalogue.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.observe.meter.CatalogueMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Records the catalogue's meters. Thread-safe. */
public final class CatalogueMeters implements AutoCloseable {
    /** Bound of the label, since an event may invent its type. */
    static final int EVENT_TYPES_MAX = 100;

    static final String OTHER = "other";

    private final MeterRegistry registry;
    private final Map<String, EventTypeCounters> byEventType = new ConcurrentHashMap<>();
    private final Map<Unjudged, Counter> unjudged = new ConcurrentHashMap<>();
    private final List<Meter> gauges = new ArrayList<>();

    /** Why an event was not judged. */
    private enum Unjudged {
        FREE,
        UNDECIDED,
        NOT_READ
    }

    /** The counters of one event type; those of causes are made when they are needed. */
    private record EventTypeCounters(Counter billable, Map<Cause, Counter> notBillable) {}

    public CatalogueMeters(MeterRegistry registry, CatalogueCache cache) {
        this.registry = registry;
        for (Unjudged why : Unjudged.values()) {
            unjudged.put(why, counter(CatalogueMeter.UNJUDGED, why.name().toLowerCase(Locale.ROOT)));
        }
        gauge(CatalogueMeter.AGE, () -> cache.age().toMillis() / 1000.0);
        gauge(CatalogueMeter.CUSTOMERS, cache::customers);
        gauge(CatalogueMeter.CUSTOMERS_UNREAD, cache::unread);
    }

    /** Counts an event by the answer about it. */
    public void count(String eventType, CatalogueAnswer answer) {
        answer.<Counter>match(
                        () -> unjudged(Unjudged.FREE),
                        known -> known.forecast()
                                .match(
                                        billed -> of(eventType).billable(),
                                        notBilled -> notBillable(
                                                eventType, notBilled.nearest().cause()),
                                        undecided -> unjudged(Unjudged.UNDECIDED)),
                        notRead -> unjudged(Unjudged.NOT_READ))
                .increment();
    }

    private Counter unjudged(Unjudged why) {
        return unjudged.computeIfAbsent(
                why, absent -> counter(CatalogueMeter.UNJUDGED, absent.name().toLowerCase(Locale.ROOT)));
    }

    private Counter notBillable(String eventType, Cause why) {
        String shown = shown(eventType);
        return of(eventType)
                .notBillable()
                .computeIfAbsent(
                        why,
                        cause -> counter(
                                CatalogueMeter.NOT_BILLABLE, shown, cause.name().toLowerCase(Locale.ROOT)));
    }

    private EventTypeCounters of(String eventType) {
        return byEventType.computeIfAbsent(
                shown(eventType),
                name -> new EventTypeCounters(counter(CatalogueMeter.BILLABLE, name), new ConcurrentHashMap<>()));
    }

    private String shown(String eventType) {
        return byEventType.containsKey(eventType) || byEventType.size() < EVENT_TYPES_MAX ? eventType : OTHER;
    }

    private Counter counter(CatalogueMeter meter, String... tags) {
        Counter.Builder builder =
                Counter.builder(meter.meterName()).description(meter.doc()).baseUnit(meter.unit());
        for (int i = 0; i < tags.length; i++) {
            builder.tag(meter.tags().get(i), tags[i]);
        }
        return builder.register(registry);
    }

    private void gauge(CatalogueMeter meter, Supplier<Number> value) {
        gauges.add(Gauge.builder(meter.meterName(), value)
                .description(meter.doc())
                .baseUnit(meter.unit())
                .register(registry));
    }

    @Override
    public void close() {
        gauges.forEach(registry::remove);
    }
}

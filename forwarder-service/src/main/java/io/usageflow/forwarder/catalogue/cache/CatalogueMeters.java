package io.usageflow.forwarder.catalogue.cache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.observe.meter.CatalogueMeter;
import io.usageflow.forwarder.observe.meter.RegisteredMeters;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** Records the catalogue's meters. Thread-safe. */
public final class CatalogueMeters implements AutoCloseable {
    /** Bound of the label, since an event may invent its type. */
    static final int EVENT_TYPES_MAX = 100;

    static final String OTHER = "other";

    private final Map<String, EventTypeCounters> byEventType = new ConcurrentHashMap<>();
    private final Map<Unjudged, Counter> unjudged;
    /** They stay when this is closed, as those of admission do. */
    private final RegisteredMeters counters;

    private final RegisteredMeters gauges;

    /** Why an event was not judged. */
    private enum Unjudged {
        FREE,
        UNDECIDED,
        NOT_READ
    }

    /** The counters of one event type; those of causes are made when they are needed. */
    private record EventTypeCounters(Counter billable, Map<Cause, Counter> notBillable) {}

    public CatalogueMeters(MeterRegistry registry, CatalogueCache cache) {
        counters = new RegisteredMeters(registry);
        gauges = new RegisteredMeters(registry);
        unjudged = counters.counters(CatalogueMeter.UNJUDGED, Unjudged.class);
        gauges.gauge(CatalogueMeter.AGE, () -> cache.age().toMillis() / 1000.0);
        gauges.gauge(CatalogueMeter.CUSTOMERS, cache::customers);
        gauges.gauge(CatalogueMeter.CUSTOMERS_UNREAD, cache::unread);
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
        return Objects.requireNonNull(unjudged.get(why));
    }

    private Counter notBillable(String eventType, Cause why) {
        String shown = shown(eventType);
        return of(eventType)
                .notBillable()
                .computeIfAbsent(
                        why,
                        cause -> counters.counter(CatalogueMeter.NOT_BILLABLE, shown, RegisteredMeters.word(cause)));
    }

    private EventTypeCounters of(String eventType) {
        return byEventType.computeIfAbsent(
                shown(eventType),
                name -> new EventTypeCounters(
                        counters.counter(CatalogueMeter.BILLABLE, name), new ConcurrentHashMap<>()));
    }

    private String shown(String eventType) {
        return byEventType.containsKey(eventType) || byEventType.size() < EVENT_TYPES_MAX ? eventType : OTHER;
    }

    @Override
    public void close() {
        gauges.close();
    }
}

package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.catalogue.Catalogue.UsagePrice;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Judges the events of all customers with the same subscriptions, as {@link BillingCheck} does, at a small cost for
 * each event: it looks at the products of the subscriptions only, and reads of {@code data} only what their prices look
 * at. An event that is not billed is judged once more as a whole, so that the forecast can name the cause. Thread-safe.
 */
public final class SubscribedPrices {
    /** Bound of the memory for event types, which an event may invent. */
    private static final int EVENT_TYPES_MAX = 1_000;

    private final Catalogue catalogue;
    private final Catalogue subscribed;
    private final Subscriptions subscriptions;
    private final boolean whole;
    private final Map<String, EventType> eventTypes = new ConcurrentHashMap<>();

    public SubscribedPrices(Catalogue catalogue, Subscriptions subscriptions) {
        Set<String> codes = subscriptions.products().stream()
                .map(Subscriptions.Subscribed::productCode)
                .collect(Collectors.toSet());
        this.catalogue = catalogue;
        this.subscribed = new Catalogue(
                catalogue.products().stream()
                        .filter(product -> codes.contains(product.code()))
                        .toList(),
                catalogue.gaps());
        this.subscriptions = subscriptions;
        this.whole = subscriptions.areIn(catalogue);
    }

    /** Whether the catalogue has every product and version of the subscriptions. */
    public boolean isWhole() {
        return whole;
    }

    /**
     * What is known of an event type.
     *
     * @param fields the keys of {@code data} that its prices look at
     * @param always the forecast, if it does not depend on {@code data}
     */
    private record EventType(Set<String> fields, Optional<BillingForecast> always) {}

    /** Judges an event; {@code data} is that of the published event. */
    public BillingForecast of(String eventType, Map<String, Object> data) {
        EventType known = eventTypes.get(eventType);
        if (known == null) {
            known = eventType(eventType);
            if (eventTypes.size() < EVENT_TYPES_MAX) {
                eventTypes.put(eventType, known);
            }
        }
        Set<String> fields = known.fields();
        return known.always().orElseGet(() -> judged(eventType, fields, data));
    }

    private EventType eventType(String eventType) {
        Set<String> fields = new HashSet<>();
        subscribed.usagePrices(eventType).forEach(price -> fields.addAll(fields(price)));
        return new EventType(
                fields,
                fields.isEmpty()
                        ? Optional.of(
                                BillingCheck.ofCustomer(catalogue, subscriptions, eventType, MissingNode.getInstance()))
                        : Optional.empty());
    }

    private static Set<String> fields(UsagePrice price) {
        Set<String> fields = new HashSet<>(price.dimensions());
        price.volumeField().ifPresent(fields::add);
        price.tariffs()
                .values()
                .forEach(tariffs -> tariffs.forEach(
                        tariff -> fields.addAll(tariff.dimensions().keySet())));
        return fields;
    }

    private BillingForecast judged(String eventType, Set<String> fields, Map<String, Object> data) {
        Map<String, Object> looked = new HashMap<>();
        for (String field : fields) {
            if (data.containsKey(field)) {
                looked.put(field, data.get(field));
            }
        }
        try {
            BillingForecast quick = BillingCheck.ofCustomer(subscribed, subscriptions, eventType, json(looked));
            return quick.match(
                    billed -> billed,
                    notBilled -> BillingCheck.ofCustomer(catalogue, subscriptions, eventType, json(data)),
                    undecided -> undecided);
        } catch (IllegalArgumentException unsayable) {
            return unwritable(unsayable);
        }
    }

    /** The forecast for an event whose {@code data} cannot be written as JSON. */
    static BillingForecast unwritable(IllegalArgumentException unsayable) {
        return new BillingForecast.Undecided("delivery cannot write the event: " + unsayable.getMessage());
    }

    /**
     * The event's data as Credyt receives it.
     *
     * @throws IllegalArgumentException if it holds a value that JSON cannot say
     */
    public static JsonNode json(Map<String, Object> data) {
        try {
            return ParsedResponse.EXACT.readTree(EventJson.data(data));
        } catch (IOException impossible) {
            throw new UncheckedIOException("reading JSON from memory failed", impossible);
        }
    }
}

package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.Catalogue.UsagePrice;
import io.usageflow.forwarder.catalogue.Catalogue.Version;
import io.usageflow.forwarder.credyt.EventJson;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Judges the events of all customers with the same subscriptions, as {@link BillingCheck} does, at a small cost for
 * each event: it looks only at the prices of its type in the products of the subscriptions, and reads of {@code data}
 * only what they look at. An event that is not billed is judged once more as a whole, so that the forecast can name
 * the cause. Thread-safe.
 */
public final class SubscribedPrices {
    /** Bound of the memory for event types, which an event may invent. */
    private static final int EVENT_TYPES_MAX = 1_000;

    private final Catalogue catalogue;
    private final Subscriptions subscriptions;
    private final boolean whole;
    private final Map<String, Function<Map<String, Object>, BillingForecast>> eventTypes = new ConcurrentHashMap<>();

    public SubscribedPrices(Catalogue catalogue, Subscriptions subscriptions) {
        this.catalogue = catalogue;
        this.subscriptions = subscriptions;
        this.whole = subscriptions.areIn(catalogue);
    }

    /** Whether the catalogue has every product and version of the subscriptions. */
    public boolean isWhole() {
        return whole;
    }

    /** Judges an event; {@code data} is that of the published event. */
    public BillingForecast of(String eventType, Map<String, Object> data) {
        Function<Map<String, Object>, BillingForecast> known = eventTypes.get(eventType);
        if (known == null) {
            known = eventType(eventType);
            if (eventTypes.size() < EVENT_TYPES_MAX) {
                eventTypes.put(eventType, known);
            }
        }
        return known.apply(data);
    }

    private Function<Map<String, Object>, BillingForecast> eventType(String eventType) {
        Set<String> codes = subscriptions.products().stream()
                .map(Subscriptions.Subscribed::productCode)
                .collect(Collectors.toSet());
        var counting = new Catalogue(
                catalogue.products().stream()
                        .filter(product -> codes.contains(product.code()))
                        .map(product -> only(eventType, product))
                        .toList(),
                catalogue.gaps());
        if (counting.usagePrices().allMatch(SubscribedPrices::isWithoutData)) {
            BillingForecast always =
                    BillingCheck.ofCustomer(catalogue, subscriptions, eventType, MissingNode.getInstance());
            return data -> always;
        }
        return data -> judged(counting, eventType, data);
    }

    private static Product only(String eventType, Product product) {
        return new Product(
                product.id(),
                product.code(),
                product.versions().stream()
                        .map(version -> only(eventType, version))
                        .toList());
    }

    private static Version only(String eventType, Version version) {
        return new Version(
                version.number(), version.isDefault(), version.prices().map(prices -> prices.stream()
                        .filter(price -> price.mayCount(eventType))
                        .map(price -> price instanceof UsagePrice usage ? usage.inPackagesOfOne() : price)
                        .toList()));
    }

    private static boolean isWithoutData(UsagePrice price) {
        return price.dimensions().isEmpty()
                && price.volumeField().isEmpty()
                && price.tariffs().values().stream().flatMap(List::stream).allMatch(tariff -> tariff.dimensions()
                        .isEmpty());
    }

    private BillingForecast judged(Catalogue counting, String eventType, Map<String, Object> data) {
        try {
            BillingForecast quick = BillingCheck.ofCustomer(counting, subscriptions, eventType, EventData.of(data));
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

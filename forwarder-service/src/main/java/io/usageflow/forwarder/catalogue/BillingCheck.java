package io.usageflow.forwarder.catalogue;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.catalogue.BillingForecast.ExpectedFee;
import io.usageflow.forwarder.catalogue.BillingForecast.Miss;
import io.usageflow.forwarder.catalogue.BillingForecast.NotBilled;
import io.usageflow.forwarder.catalogue.BillingForecast.Undecided;
import io.usageflow.forwarder.catalogue.Catalogue.Price;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.Catalogue.Rate;
import io.usageflow.forwarder.catalogue.Catalogue.Tariff;
import io.usageflow.forwarder.catalogue.Catalogue.UnknownPrice;
import io.usageflow.forwarder.catalogue.Catalogue.UsagePrice;
import io.usageflow.forwarder.catalogue.Catalogue.Version;
import io.usageflow.schema.text.Suggestion;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Says whether Credyt will bill an event, by the rules of its guide (docs/credyt-api.md, 5): a price charges an event
 * if it counts the event's type in real time, has rates for the event's dimensions, and finds its volume in {@code
 * data}. Pure.
 */
public final class BillingCheck {
    private final Catalogue catalogue;
    private final String eventType;
    private final EventData data;
    private final List<ExpectedFee> fees = new ArrayList<>();
    private final List<Miss> misses = new ArrayList<>();
    private final List<String> unknowns = new ArrayList<>();

    private BillingCheck(Catalogue catalogue, String eventType, EventData data) {
        this.catalogue = catalogue;
        this.eventType = eventType;
        this.data = data;
    }

    /**
     * Checks an event of a customer.
     *
     * @param data the event's {@code data} as Credyt receives it; a missing node if there is none
     */
    public static BillingForecast ofCustomer(
            Catalogue catalogue, Subscriptions subscriptions, String eventType, JsonNode data) {
        return ofCustomer(catalogue, subscriptions, eventType, EventData.of(data));
    }

    /** As the other method. */
    static BillingForecast ofCustomer(
            Catalogue catalogue, Subscriptions subscriptions, String eventType, EventData data) {
        BillingCheck check = new BillingCheck(catalogue, eventType, data);
        subscriptions.products().forEach(check::meet);
        if (check.isEmpty()) {
            check.missAllProducts(subscriptions);
        }
        return check.forecast();
    }

    /** Checks an event of no customer in particular: against the default version of each product. */
    public static BillingForecast ofAnyone(Catalogue catalogue, String eventType, JsonNode data) {
        BillingCheck check = new BillingCheck(catalogue, eventType, EventData.of(data));
        for (Product product : catalogue.products()) {
            product.defaultVersion().ifPresent(version -> check.meet(product, version));
        }
        if (check.isEmpty()) {
            check.gap().ifPresentOrElse(check.unknowns::add, check::missEventType);
        }
        return check.forecast();
    }

    /** Checks an event against one version of a product, as if the customer had subscribed to that. */
    static BillingForecast ofVersion(
            Catalogue catalogue, Product product, Version version, String eventType, JsonNode data) {
        BillingCheck check = new BillingCheck(catalogue, eventType, EventData.of(data));
        check.meet(product, version);
        if (check.isEmpty()) {
            check.misses.add(new Miss(
                    Cause.NO_PRICE_FOR_EVENT_TYPE,
                    "product " + product.code() + ", version " + version.number() + ", has no price for event type "
                            + eventType));
        }
        return check.forecast();
    }

    private boolean isEmpty() {
        return fees.isEmpty() && misses.isEmpty() && unknowns.isEmpty();
    }

    private BillingForecast forecast() {
        misses.sort(Comparator.comparing(Miss::cause));
        if (!fees.isEmpty()) {
            return new Billed(fees, misses);
        }
        return unknowns.isEmpty() ? new NotBilled(misses) : new Undecided(String.join("; ", unknowns));
    }

    private void meet(Subscriptions.Subscribed subscribed) {
        Optional<Product> product = catalogue.product(subscribed.productCode());
        Optional<Version> version = product.flatMap(
                known -> subscribed.version().map(known::version).orElseGet(known::defaultVersion));
        if (version.isEmpty()) {
            unknowns.add("Credyt's answer about product " + subscribed.productCode() + " has no version "
                    + subscribed.version().map(String::valueOf).orElse("that is the default"));
        } else if (!subscribed.pending()) {
            meet(product.orElseThrow(), version.get());
        } else if (counts(version.get())) {
            misses.add(new Miss(
                    Cause.SUBSCRIPTION_PENDING,
                    "the customer's subscription to " + subscribed.productCode()
                            + " is pending: the customer has to pay first"));
        }
    }

    private void meet(Product product, Version version) {
        if (version.prices().isEmpty()) {
            unknowns.add("Credyt's answer about product " + product.code() + " does not show the prices of version "
                    + version.number());
            return;
        }
        for (Price price : version.prices().get()) {
            if (!price.mayCount(eventType)) {
                continue;
            }
            if (price instanceof UsagePrice usage) {
                meet(product, version, usage);
            } else if (price instanceof UnknownPrice unknown) {
                unknowns.add("a price of product " + product.code() + ", version " + version.number()
                        + ", has a form that is not known: " + unknown.why());
            }
        }
    }

    private void meet(Product product, Version version, UsagePrice price) {
        if (!price.realTime()) {
            misses.add(new Miss(
                    Cause.PRICE_NOT_REAL_TIME, where(product, version, price) + " is not billed in real time"));
            return;
        }
        Optional<Miss> noVolume = price.volumeField().flatMap(field -> missingVolume(product, version, price, field));
        if (noVolume.isPresent()) {
            misses.add(noVolume.get());
            return;
        }
        Map<String, BigDecimal> amounts = new LinkedHashMap<>();
        price.tariffs().forEach((asset, tariffs) -> best(tariffs)
                .ifPresent(tariff -> amounts.put(asset, amount(price, tariff))));
        if (amounts.isEmpty()) {
            misses.add(new Miss(
                    Cause.DIMENSION_WITHOUT_PRICE,
                    where(product, version, price) + " has no rate for " + dimensions(price)));
        } else {
            fees.add(new ExpectedFee(product.code(), version.number(), price.name(), amounts));
        }
    }

    private static String where(Product product, Version version, UsagePrice price) {
        return "price" + price.name().map(name -> " " + name).orElse("") + " of product " + product.code()
                + ", version " + version.number() + ",";
    }

    private Optional<Miss> missingVolume(Product product, Version version, UsagePrice price, String field) {
        JsonNode volume = data.value(field);
        if (volume.isNumber()) {
            return Optional.empty();
        }
        if (volume.isMissingNode() || volume.isNull()) {
            return Optional.of(new Miss(
                    Cause.VOLUME_MISSING,
                    where(product, version, price) + " counts data." + field + ", which the event does not have"
                            + Suggestion.of(field, data.fields())
                                    .map(name -> "; it has data." + name)
                                    .orElse("")));
        }
        return Optional.of(new Miss(
                Cause.VOLUME_NOT_A_NUMBER,
                where(product, version, price) + " counts data." + field + ", which is not a number in the event"));
    }

    /** The tariff that names most of the event's values; the earlier one of two. */
    private Optional<Tariff> best(List<Tariff> tariffs) {
        Tariff best = null;
        int bestNamed = -1;
        for (Tariff tariff : tariffs) {
            int named = named(tariff);
            if (named > bestNamed) {
                best = tariff;
                bestNamed = named;
            }
        }
        return Optional.ofNullable(best);
    }

    /** How many of the event's values the tariff names; -1 if it does not fit. Credyt looks values up by exact text. */
    private int named(Tariff tariff) {
        int named = 0;
        for (Map.Entry<String, String> dimension : tariff.dimensions().entrySet()) {
            if (!dimension.getValue().equals(Tariff.ANY)) {
                if (!dimension.getValue().equals(data.value(dimension.getKey()).textValue())) {
                    return -1;
                }
                named++;
            }
        }
        return named;
    }

    private BigDecimal amount(UsagePrice price, Tariff tariff) {
        BigDecimal volume = price.volumeField()
                .map(field -> data.value(field).decimalValue())
                .orElse(BigDecimal.ZERO);
        BigDecimal sum = BigDecimal.ZERO;
        for (Rate rate : tariff.rates()) {
            if (price.countsUnits()) {
                sum = sum.add(rate.unit());
            }
            BigDecimal packages = volume.multiply(rate.volume());
            sum = sum.add(
                    rate.packageSize().compareTo(BigDecimal.ONE) == 0
                            ? packages.round(MathContext.DECIMAL128)
                            : packages.divide(rate.packageSize(), MathContext.DECIMAL128));
        }
        return sum.signum() == 0 ? BigDecimal.ZERO : sum.stripTrailingZeros();
    }

    private String dimensions(UsagePrice price) {
        List<String> values = new ArrayList<>();
        for (String dimension : price.dimensions()) {
            JsonNode value = data.value(dimension);
            values.add("data." + dimension + (value.isMissingNode() ? ", which is missing" : " " + value));
        }
        return values.isEmpty() ? "this event" : String.join(" and ", values);
    }

    private void missAllProducts(Subscriptions subscriptions) {
        List<String> sellers = catalogue.products().stream()
                .filter(product -> product.defaultVersion().map(this::counts).orElse(false))
                .map(Product::code)
                .toList();
        if (sellers.isEmpty() && gap().isEmpty()) {
            missEventType();
            return;
        }
        if (sellers.isEmpty()) {
            misses.add(new Miss(
                    Cause.PRODUCT_NOT_SUBSCRIBED,
                    "no product that the customer has subscribed to has a price for event type " + eventType));
            return;
        }
        misses.add(new Miss(
                Cause.PRODUCT_NOT_SUBSCRIBED,
                "event type " + eventType + " is priced by product " + String.join(" and ", sellers)
                        + (subscriptions.products().isEmpty()
                                ? ", and the customer has no subscription"
                                : ", which the customer has not subscribed to")));
    }

    /** What Credyt did not show, so that a price may exist. */
    private Optional<String> gap() {
        return Stream.concat(
                        catalogue.gaps().stream(),
                        catalogue.products().stream()
                                .filter(product -> product.defaultVersion().isEmpty())
                                .map(product ->
                                        "Credyt does not show the default version of product " + product.code()))
                .findFirst();
    }

    private void missEventType() {
        TreeSet<String> known = new TreeSet<>();
        catalogue.usagePrices().map(UsagePrice::eventType).forEach(known::add);
        misses.add(new Miss(
                Cause.NO_PRICE_FOR_EVENT_TYPE,
                "no product has a price for event type " + eventType
                        + Suggestion.of(eventType, known)
                                .map(name -> "; did you mean " + name + "?")
                                .orElse("")));
    }

    private boolean counts(Version version) {
        return version.prices().stream().flatMap(List::stream).anyMatch(this::counts);
    }

    private boolean counts(Price price) {
        if (price instanceof UsagePrice usage) {
            return usage.eventType().equals(eventType);
        }
        return price instanceof UnknownPrice unknown
                && unknown.eventType().map(eventType::equals).orElse(false);
    }
}

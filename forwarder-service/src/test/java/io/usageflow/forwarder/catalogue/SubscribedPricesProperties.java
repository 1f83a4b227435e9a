package io.usageflow.forwarder.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.BillingForecast.NotBilled;
import io.usageflow.forwarder.catalogue.Catalogue.FixedPrice;
import io.usageflow.forwarder.catalogue.Catalogue.Price;
import io.usageflow.forwarder.catalogue.Catalogue.Product;
import io.usageflow.forwarder.catalogue.Catalogue.Rate;
import io.usageflow.forwarder.catalogue.Catalogue.Tariff;
import io.usageflow.forwarder.catalogue.Catalogue.UnknownPrice;
import io.usageflow.forwarder.catalogue.Catalogue.UsagePrice;
import io.usageflow.forwarder.catalogue.Catalogue.Version;
import io.usageflow.forwarder.catalogue.Subscriptions.Subscribed;
import io.usageflow.schema.JsonValue;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** The judgement of an event by the values in memory is the one by the JSON that Credyt receives. */
class SubscribedPricesProperties {
    private static final List<String> TYPES = List.of("message", "image", "mesage");
    private static final List<String> FIELDS = List.of("tokens", "model", "token", "tier");

    @Provide
    Arbitrary<Map<String, Object>> data() {
        Arbitrary<Object> values = Arbitraries.oneOf(
                Arbitraries.longs().map(Object.class::cast),
                Arbitraries.bigIntegers()
                        .between(BigInteger.TEN.pow(38).negate(), BigInteger.TEN.pow(38))
                        .map(unscaled -> new BigDecimal(unscaled, 18)),
                Arbitraries.of(new BigDecimal("0.500000000000000000"), new BigDecimal("1e2"), new BigDecimal("0.00")),
                Arbitraries.of("a", "b", "*", "", "a\"", "\u00e9", "\ud83d\ude00"),
                Arbitraries.of(true, false),
                Arbitraries.of("7", "7.50", "1e3", "\"a\"", "null", "[1]", "{\"a\": 1}", "{", "1 2")
                        .map(JsonValue::new));
        return Arbitraries.maps(Arbitraries.of(FIELDS), values.injectNull(0.1)).ofMaxSize(FIELDS.size());
    }

    private static Arbitrary<Rate> rates() {
        Arbitrary<BigDecimal> amounts = Arbitraries.of("0", "1", "0.01", "2.50", "1e3", "0.123456789012345678901234567")
                .map(BigDecimal::new);
        Arbitrary<BigDecimal> sizes =
                Arbitraries.of("1", "1.0", "3", "1000", "1e6", "0.7").map(BigDecimal::new);
        return Combinators.combine(amounts, amounts, sizes).as(Rate::new);
    }

    private static Arbitrary<Price> prices() {
        Arbitrary<Map<String, String>> dimensions = Arbitraries.maps(
                        Arbitraries.of("model", "tier"), Arbitraries.of("a", "b", "*", "7", "\ud83d\ude00"))
                .ofMaxSize(2);
        Arbitrary<Tariff> tariffs = Combinators.combine(
                        dimensions, rates().list().ofMinSize(1).ofMaxSize(2))
                .as(Tariff::new);
        Arbitrary<Price> usage = Combinators.combine(
                        Arbitraries.of("in", "out").optional(),
                        Arbitraries.frequencyOf(
                                Tuple.of(5, Arbitraries.just(true)), Tuple.of(1, Arbitraries.just(false))),
                        Arbitraries.of("message", "image"),
                        Arbitraries.of(true, false),
                        Arbitraries.of("tokens", "tier").optional(),
                        Arbitraries.of("model", "tier").list().uniqueElements().ofMaxSize(2),
                        Arbitraries.maps(
                                        Arbitraries.of("USD", "CREDIT"),
                                        tariffs.list().ofMinSize(1).ofMaxSize(3))
                                .ofMinSize(1))
                .as(UsagePrice::new);
        Arbitrary<Price> others = Arbitraries.of(
                new FixedPrice(Optional.empty()),
                new UnknownPrice(Optional.empty(), Optional.of("image"), "no rates"),
                new UnknownPrice(Optional.empty(), Optional.empty(), "no event type"));
        return Arbitraries.frequencyOf(Tuple.of(8, usage), Tuple.of(1, others));
    }

    @Provide
    Arbitrary<Catalogue> catalogues() {
        Arbitrary<Version> versions = Combinators.combine(
                        Arbitraries.integers().between(1, 2),
                        Arbitraries.of(true, true, false),
                        prices().list().ofMaxSize(3).optional(0.9))
                .as(Version::new);
        Arbitrary<Product> products = Combinators.combine(
                        Arbitraries.of("chat", "pictures"),
                        versions.list()
                                .uniqueElements(Version::number)
                                .ofMinSize(1)
                                .ofMaxSize(2))
                .as((code, each) -> new Product("prp_" + code, code, each));
        return products.list().uniqueElements(Product::code).ofMaxSize(2).flatMap(each -> Arbitraries.of(
                        List.<String>of(), List.of("a page is missing"))
                .map(gaps -> new Catalogue(each, gaps)));
    }

    @Provide
    Arbitrary<Subscriptions> subscriptions() {
        return Combinators.combine(
                        Arbitraries.of("chat", "pictures", "gone"),
                        Arbitraries.of(1, 2).optional(0.5),
                        Arbitraries.of(false, false, true))
                .as(Subscribed::new)
                .list()
                .ofMaxSize(3)
                .map(Subscriptions::new);
    }

    @Property(tries = 2_000)
    void judgesAsByTheJsonThatCredytReceives(
            @ForAll("catalogues") Catalogue catalogue,
            @ForAll("subscriptions") Subscriptions customer,
            @ForAll("data") Map<String, Object> data) {
        var prices = new SubscribedPrices(catalogue, customer);
        for (String eventType : TYPES) {
            BillingForecast judged = prices.of(eventType, data);

            Map<String, Object> writable = data.entrySet().stream()
                    .filter(field -> isWritable(field.getKey(), field.getValue()))
                    .collect(HashMap::new, (map, each) -> map.put(each.getKey(), each.getValue()), Map::putAll);
            BillingForecast expected =
                    BillingCheck.ofCustomer(catalogue, customer, eventType, SubscribedPrices.json(writable));
            if (judged instanceof Billed billed) {
                // No price that charges looks at what cannot be written, and a decimal has its zeros in messages.
                boolean sameWords = writable.size() == data.size()
                        && data.values().stream().noneMatch(BigDecimal.class::isInstance);
                assertThat(expected)
                        .isInstanceOfSatisfying(Billed.class, same -> assertThat(sameWords ? billed : billed.fees())
                                .isEqualTo(sameWords ? same : same.fees()));
            } else if (writable.size() == data.size() || judged instanceof NotBilled) {
                assertThat(judged).isEqualTo(expected);
            }
        }
    }

    private static boolean isWritable(String field, @Nullable Object value) {
        try {
            SubscribedPrices.json(Collections.singletonMap(field, value));
            return true;
        } catch (IllegalArgumentException unwritable) {
            return false;
        }
    }
}

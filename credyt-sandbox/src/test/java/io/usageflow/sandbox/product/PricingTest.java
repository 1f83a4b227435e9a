package io.usageflow.sandbox.product;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.sandbox.json.Fields;
import io.usageflow.sandbox.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PricingTest {
    private static final String DIMENSIONAL = """
            {"usage_calculation": {"event_type": "image", "usage_type": "unit", "billable_dimensions": ["model", "size"]},
             "pricing": [{"asset": "USD", "values": [
               {"name": "large", "dimensions": {"model": "sd", "size": "1024"}, "values": [{"unit_price": 8}]},
               {"name": "any size", "dimensions": {"model": "sd", "size": "*"}, "values": [{"unit_price": 4}]},
               {"name": "any model", "dimensions": {"size": "1024"}, "values": [{"unit_price": 2}]}%s]}]}""";

    private static JsonNode json(String text) {
        try {
            return Json.read(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static Price price(String text) {
        Fields body = Fields.of(Json.object().set("prices", Json.array().add(json(text))));
        Price price =
                new ProductReader(asset -> true).read(body, false).prices().get(0);
        assertThat(body.errors().byPath()).isEmpty();
        return price;
    }

    private static String amount(Price price, String eventType, @Nullable JsonNode data) {
        List<String> missing = new ArrayList<>();
        return Pricing.fee(null, price, eventType, data, missing::add)
                .map(fee -> fee.amount().toPlainString() + " " + fee.asset())
                .orElseGet(() -> missing.isEmpty() ? "none" : "no " + missing.get(0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    unit            | "unit_price": 0.04                                              | {}              | 0.04 USD
                    unit            | "unit_price": 0.04, "volume_rate": 5                            | {"n": 7}        | 0.04 USD
                    unit            | "unit_price": 0                                                 | {}              | 0 USD
                    volume          | "volume_rate": 0.002                                            | {"n": 1500}     | 3 USD
                    volume          | "volume_rate": 0.002, "package_size": 1000                      | {"n": 1500}     | 0.003 USD
                    volume          | "volume_rate": 3, "package_size": 1000000                       | {"n": 1}        | 0.000003 USD
                    volume          | "volume_rate": 1, "package_size": 0.001                         | {"n": 5}        | 5000 USD
                    volume          | "volume_rate": 1, "package_size": 8                             | {"n": 1}        | 0.125 USD
                    volume          | "volume_rate": 1, "package_size": 3                             | {"n": 1}        | 0.3333333333333333333333333333333333 USD
                    volume          | "volume_rate": 1, "package_size": 3                             | {"n": 2}        | 0.6666666666666666666666666666666667 USD
                    volume          | "volume_rate": 0.1                                              | {"n": 0.2}      | 0.02 USD
                    volume          | "volume_rate": 0.1                                              | {"n": 0}        | 0 USD
                    volume          | "volume_rate": 0.1                                              | {"n": -3}       | -0.3 USD
                    volume          | "volume_rate": 0.1, "unit_price": 9                             | {"n": 1}        | 0.1 USD
                    volume          | "volume_rate": 0.1                                              | {"n": "1"}      | no n
                    volume          | "volume_rate": 0.1                                              | {}              | no n
                    volume          | "volume_rate": 0.1                                              | {"n": 1e999999} | no n
                    unit_and_volume | "unit_price": 0.5, "volume_rate": 2, "package_size": 10         | {"n": 3}        | 1.1 USD
                    unit_and_volume | "unit_price": 0.5}, {"volume_rate": 2, "package_size": 10       | {"n": 3}        | 1.1 USD
                    unit_and_volume | "unit_price": 0.5, "volume_rate": 2                             | {}              | no n
                    """)
    void shouldChargeByUsageType(String usageType, String values, String data, String expected) {
        Price price = price("""
                {"usage_calculation": {"event_type": "x", "usage_type": "%s", "volume_field": "n"},
                 "pricing": [{"asset": "USD", "values": [{%s}]}]}""".formatted(usageType, values));

        assertThat(amount(price, "x", json(data))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"model": "sd", "size": "1024"}  | 8 USD
                    {"model": "sd", "size": "512"}   | 4 USD
                    {"model": "sd"}                  | 4 USD
                    {"model": "dall-e", "size": "1024"} | 2 USD
                    {"model": "SD", "size": "1024"}  | 2 USD
                    {"model": "dall-e", "size": "512"} | none
                    {"model": "dall-e", "size": 1024}  | none
                    {}                               | none
                    """)
    void shouldChooseTheTariffThatNamesMostOfTheValues(String data, String expected) {
        assertThat(amount(price(DIMENSIONAL.formatted("")), "image", json(data)))
                .isEqualTo(expected);
    }

    @Test
    void shouldFallBackToAnyValue() {
        Price price = price(DIMENSIONAL.formatted(
                ", {\"dimensions\": {\"model\": \"*\", \"size\": \"*\"}, \"values\": [{\"unit_price\": 1}]}"));

        assertThat(amount(price, "image", json("{\"model\": \"new\"}"))).isEqualTo("1 USD");
        assertThat(amount(price, "image", null)).isEqualTo("1 USD");
        assertThat(amount(price, "image", json("{\"model\": \"sd\", \"size\": \"1024\"}")))
                .isEqualTo("8 USD");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"type": "usage_based", "billing_model": {"type": "recurring"}, "usage_calculation": {"event_type": "x", "usage_type": "unit"}
                    {"type": "fixed"
                    {"usage_calculation": {"event_type": "y", "usage_type": "unit"}
                    """)
    void shouldNotMeanEventsThatItDoesNotBillInRealTime(String beginning) {
        Price price = price(beginning + ", \"pricing\": [{\"asset\": \"USD\", \"values\": [{\"unit_price\": 1}]}]}");

        assertThat(amount(price, "x", json("{}"))).isEqualTo("none");
    }

    @Test
    void shouldChargeOneUseInOneAssetOnly() {
        Price price = price("""
                {"usage_calculation": {"event_type": "x", "usage_type": "unit"},
                 "pricing": [{"asset": "CRD", "values": [{"unit_price": 10}]},
                             {"asset": "USD", "values": [{"unit_price": 1}]}]}""");

        assertThat(amount(price, "x", null)).isEqualTo("10 CRD");
    }
}

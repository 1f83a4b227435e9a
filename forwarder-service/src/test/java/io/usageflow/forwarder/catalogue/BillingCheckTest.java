package io.usageflow.forwarder.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.catalogue.BillingForecast.NotBilled;
import io.usageflow.forwarder.catalogue.BillingForecast.Undecided;
import io.usageflow.forwarder.catalogue.Subscriptions.Subscribed;
import io.usageflow.forwarder.credyt.lookup.ParsedResponse;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BillingCheckTest {
    private static final String TOKENS = usage(
            "\"event_type\": \"message_completed\", \"usage_type\": \"volume\", \"volume_field\": \"total_tokens\"",
            "\"values\": [{\"volume_rate\": 0.01, \"package_size\": 1000}]");

    private static final String BY_MODEL = usage(
            "\"event_type\": \"image\", \"usage_type\": \"unit\", \"billable_dimensions\": [\"model\", \"size\"]", """
            "values": [
              {"name": "small", "dimensions": {"model": "a", "size": "s"}, "values": [{"unit_price": 1}]},
              {"name": "any size", "dimensions": {"model": "a", "size": "*"}, "values": [{"unit_price": 2}]},
              {"name": "b", "dimensions": {"model": "b"}, "values": [{"unit_price": 3}, {"unit_price": 0.5}]}]""");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"total_tokens": 1500}                     | 0.015
            {"total_tokens": 0}                        | 0
            {"total_tokens": -1000}                    | -0.01
            {"total_tokens": 0.000000000000000001}     | 0.00000000000000000000001
            {"total_tokens": 12345678901234567890}     | 123456789012345.6789
            {"total_tokens": 1500, "model": null}      | 0.015
            """)
    void shouldEstimateAVolume(String data, BigDecimal fee) {
        assertThat(onlyFee(TOKENS, "message_completed", data)).isEqualByComparingTo(fee);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"model": "a", "size": "s"}  | 1
            {"model": "a", "size": "xl"} | 2
            {"model": "a"}               | 2
            {"model": "b", "size": "xl"} | 3.5
            """)
    void shouldChooseTheTariffThatNamesMostOfTheValues(String data, BigDecimal fee) {
        assertThat(onlyFee(BY_MODEL, "image", data)).isEqualByComparingTo(fee);
    }

    @Test
    void shouldAddUnitAndVolume() {
        String both = usage(
                "\"event_type\": \"call\", \"usage_type\": \"unit_and_volume\", \"volume_field\": \"minutes\"",
                "\"values\": [{\"unit_price\": 0.1, \"volume_rate\": 0.02}]");

        assertThat(onlyFee(both, "call", "{\"minutes\": 10}")).isEqualByComparingTo("0.3");
    }

    @Test
    void shouldCutOnlyAQuotientWithoutAnEnd() {
        String thirds = usage(
                "\"event_type\": \"x\", \"usage_type\": \"volume\", \"volume_field\": \"n\"",
                "\"values\": [{\"volume_rate\": 1, \"package_size\": 3}]");

        assertThat(onlyFee(thirds, "x", "{\"n\": 1}")).isEqualByComparingTo("0.3333333333333333333333333333333333");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            message_completed | {}                        | VOLUME_MISSING          | data.total_tokens
            message_completed | {"total_token": 3}        | VOLUME_MISSING          | it has data.total_token
            message_completed | {"total_tokens": null}    | VOLUME_MISSING          | data.total_tokens
            message_completed | {"total_tokens": "1500"}  | VOLUME_NOT_A_NUMBER     | data.total_tokens
            message_completed | {"total_tokens": [1]}     | VOLUME_NOT_A_NUMBER     | data.total_tokens
            mesage_completed  | {"total_tokens": 1}       | NO_PRICE_FOR_EVENT_TYPE | did you mean message_completed?
            Message_completed | {"total_tokens": 1}       | NO_PRICE_FOR_EVENT_TYPE | did you mean message_completed?
            signup            | {}                        | NO_PRICE_FOR_EVENT_TYPE | event type signup
            image             | {"model": "c"}            | DIMENSION_WITHOUT_PRICE | data.model "c" and data.size, which is missing
            image             | {"model": 7, "size": "s"} | DIMENSION_WITHOUT_PRICE | data.model 7
            seat              | {}                        | PRICE_NOT_REAL_TIME     | is not billed in real time
            """)
    void shouldNameTheCauseWhyNothingIsCharged(String eventType, String data, Cause cause, String detail) {
        String monthly = usage(
                        "\"event_type\": \"seat\", \"usage_type\": \"unit\"", "\"values\": [{\"unit_price\": 1}]")
                .replace("real_time", "recurring");
        Catalogue catalogue = catalogue(product("assistant", TOKENS, BY_MODEL, monthly, "{\"type\": \"fixed\"}"));

        for (BillingForecast forecast : List.of(
                BillingCheck.ofAnyone(catalogue, eventType, json(data)),
                BillingCheck.ofCustomer(catalogue, active("assistant"), eventType, json(data)))) {
            NotBilled notBilled = as(NotBilled.class, forecast);
            assertThat(notBilled.misses()).first().satisfies(miss -> {
                assertThat(miss.cause()).isEqualTo(cause);
                assertThat(miss.detail()).contains(detail);
            });
        }
    }

    @Test
    void shouldExpectAFeeOfEachPriceAndNameThoseThatMiss() {
        String output = TOKENS.replace("total_tokens", "output_tokens");
        Catalogue catalogue = catalogue(product("assistant", TOKENS, output), product("other", TOKENS));

        Billed billed = as(
                Billed.class,
                BillingCheck.ofCustomer(
                        catalogue, active("assistant"), "message_completed", json("{\"total_tokens\": 1000}")));

        assertThat(billed.fees()).singleElement().satisfies(fee -> {
            assertThat(fee.productCode()).isEqualTo("assistant");
            assertThat(fee.amounts()).isEqualTo(Map.of("USD", new BigDecimal("0.01")));
        });
        assertThat(billed.misses()).singleElement().satisfies(miss -> assertThat(miss.detail())
                .contains("data.output_tokens"));
    }

    @Test
    void shouldJudgeACustomerByTheVersionItSubscribedTo() {
        String usd2 = TOKENS.replace("0.01", "0.02");
        Catalogue catalogue = catalogue(json("""
                {"id": "prp_1", "code": "assistant", "versions": [
                  {"version": 2, "is_default": true, "prices": [%s]}, {"version": 1, "prices": [%s]}]}""".formatted(usd2, TOKENS)));
        JsonNode data = json("{\"total_tokens\": 1000}");

        assertThat(as(Billed.class, BillingCheck.ofCustomer(catalogue, subscribed(1, false), "message_completed", data))
                        .fees()
                        .get(0)
                        .amounts())
                .containsEntry("USD", new BigDecimal("0.01"));
        assertThat(as(Billed.class, BillingCheck.ofCustomer(catalogue, active("assistant"), "message_completed", data))
                        .fees()
                        .get(0)
                        .version())
                .isEqualTo(2);
        assertThat(as(
                                Undecided.class,
                                BillingCheck.ofCustomer(catalogue, subscribed(3, false), "message_completed", data))
                        .why())
                .contains("assistant has no version 3");
    }

    @Test
    void shouldSayWhatTheCustomerHasNotSubscribedTo() {
        Catalogue catalogue = catalogue(product("assistant", TOKENS), product("images", BY_MODEL));
        JsonNode data = json("{\"total_tokens\": 1}");

        assertMiss(
                BillingCheck.ofCustomer(catalogue, active("images"), "message_completed", data),
                Cause.PRODUCT_NOT_SUBSCRIBED,
                "product assistant, which the customer has not subscribed to");
        assertMiss(
                BillingCheck.ofCustomer(catalogue, new Subscriptions(List.of()), "message_completed", data),
                Cause.PRODUCT_NOT_SUBSCRIBED,
                "the customer has no subscription");
        assertMiss(
                BillingCheck.ofCustomer(catalogue, subscribed(1, true), "message_completed", data),
                Cause.SUBSCRIPTION_PENDING,
                "has to pay first");
        assertMiss(
                BillingCheck.ofCustomer(catalogue, subscribed(1, true), "mesage_completed", data),
                Cause.NO_PRICE_FOR_EVENT_TYPE,
                "did you mean message_completed?");
    }

    @Test
    void shouldNameEachAssetOfAPriceThatHasSeveral() {
        String price = TOKENS.replace(
                "\"pricing\": [",
                "\"pricing\": [{\"asset\": \"CRED\", \"values\": [{\"volume_rate\": 2, \"package_size\": 1000}]}, ");

        Billed billed = as(
                Billed.class,
                BillingCheck.ofAnyone(
                        catalogue(product("assistant", price)), "message_completed", json("{\"total_tokens\": 1000}")));

        assertThat(billed.fees()).singleElement().satisfies(fee -> assertThat(fee.amounts())
                .isEqualTo(Map.of("USD", new BigDecimal("0.01"), "CRED", new BigDecimal("2"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "usage_type": "volume"         | "usage_type": "weight"        | usage_type is weight
            "usage_type": "volume"         | "x": 1                        | usage_type is missing
            "volume_field": "total_tokens" | "x": 1                        | volume_field is missing
            "type": "usage_based"          | "type": "tiered"              | type is tiered
            "package_size": 1000           | "package_size": 0             | package_size is 0
            "package_size": 1000           | "package_size": "1000"        | package_size is not a number
            "volume_rate": 0.01            | "tiers": []                   | neither unit_price nor volume_rate
            "type": "real_time"            | "type": "prepaid"             | billing_model.type is prepaid
            "asset": "USD"                 | "x": 1                        | asset is missing
            """)
    void shouldNotJudgeByAPriceOfAnUnknownForm(String part, String replacement, String why) {
        Catalogue catalogue = catalogue(product("assistant", TOKENS.replace(part, replacement)));
        JsonNode data = json("{\"total_tokens\": 1}");

        assertThat(as(Undecided.class, BillingCheck.ofAnyone(catalogue, "message_completed", data))
                        .why())
                .contains("assistant, version 1", why);
        assertMiss(
                BillingCheck.ofAnyone(catalogue, "signup", data), Cause.NO_PRICE_FOR_EVENT_TYPE, "event type signup");
    }

    @Test
    void shouldNotJudgeByAVersionWhosePricesCredytDoesNotShow() {
        Catalogue catalogue =
                catalogue(json("{\"id\": \"prp_1\", \"code\": \"assistant\", \"versions\": [{\"version\": 1}]}"));

        assertThat(as(Undecided.class, BillingCheck.ofAnyone(catalogue, "message_completed", json("{}")))
                        .why())
                .contains("does not show the prices of version 1");
    }

    @Test
    void shouldTakeThePricesOfTheVersionThatTheProductItselfShows() {
        Catalogue catalogue = catalogue(json("""
                {"id": "prp_1", "code": "assistant", "version": 2, "versions": [{"version": 2, "is_default": true},
                 {"version": 1}], "prices": [%s]}""".formatted(TOKENS)));

        assertThat(BillingCheck.ofAnyone(catalogue, "message_completed", json("{\"total_tokens\": 1}")))
                .isInstanceOf(Billed.class);
        assertThat(BillingCheck.ofCustomer(
                        catalogue, subscribed(1, false), "message_completed", json("{\"total_tokens\": 1}")))
                .isInstanceOf(Undecided.class);
    }

    @Test
    void shouldReadSubscriptionsWithAndWithoutStatus() {
        assertThat(Subscriptions.of(json("""
                {"id": "cust_1", "subscriptions": [
                  {"started_at": "2026-01-01T00:00:00Z", "products": [{"id": "prp_1", "code": "a", "version": 2}]},
                  {"status": "action_required", "products": [{"code": "b"}]},
                  {"status": "active", "products": [{"code": "c", "version": "default"}, {"id": "prp_9"}]}]}""")).products())
                .containsExactly(
                        new Subscribed("a", Optional.of(2), false, Optional.of(Instant.parse("2026-01-01T00:00:00Z"))),
                        new Subscribed("b", Optional.empty(), true),
                        new Subscribed("c", Optional.empty(), false));
        assertThat(Subscriptions.of(json("{}")).products()).isEmpty();
    }

    private static BigDecimal onlyFee(String price, String eventType, String data) {
        Billed billed =
                as(Billed.class, BillingCheck.ofAnyone(catalogue(product("assistant", price)), eventType, json(data)));
        assertThat(billed.fees()).hasSize(1);
        return billed.fees().get(0).amounts().get("USD");
    }

    private static void assertMiss(BillingForecast forecast, Cause cause, String detail) {
        assertThat(as(NotBilled.class, forecast).misses()).singleElement().satisfies(miss -> {
            assertThat(miss.cause()).isEqualTo(cause);
            assertThat(miss.detail()).contains(detail);
        });
    }

    private static <T extends BillingForecast> T as(Class<T> type, BillingForecast forecast) {
        assertThat(forecast).isInstanceOf(type);
        return type.cast(forecast);
    }

    private static String usage(String calculation, String values) {
        return """
                {"name": "p", "type": "usage_based", "billing_model": {"type": "real_time"},
                 "usage_calculation": {%s}, "pricing": [{"asset": "USD", %s}]}""".formatted(calculation, values);
    }

    private static JsonNode product(String code, String... prices) {
        return json("""
                {"id": "prp_%s", "code": "%s", "versions": [{"version": 1, "prices": [%s]}]}""".formatted(code, code, String.join(",", prices)));
    }

    private static Catalogue catalogue(JsonNode... products) {
        return new Catalogue(
                List.of(products).stream()
                        .map(product -> CatalogueReader.product(product).orElseThrow())
                        .toList(),
                List.of());
    }

    private static Subscriptions active(String code) {
        return new Subscriptions(List.of(new Subscribed(code, Optional.empty(), false)));
    }

    private static Subscriptions subscribed(int version, boolean pending) {
        return new Subscriptions(List.of(new Subscribed("assistant", Optional.of(version), pending)));
    }

    private static JsonNode json(String text) {
        try {
            return ParsedResponse.EXACT.readTree(text);
        } catch (com.fasterxml.jackson.core.JsonProcessingException malformed) {
            throw new IllegalArgumentException(text, malformed);
        }
    }
}

package io.usageflow.forwarder.catalogue;

import static io.usageflow.forwarder.catalogue.SampleCatalogue.ASSISTANT;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.IMAGES;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.subscribed;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.catalogue.BillingForecast.Cause;
import io.usageflow.forwarder.catalogue.BillingForecast.NotBilled;
import io.usageflow.forwarder.catalogue.BillingForecast.Undecided;
import io.usageflow.forwarder.catalogue.Subscriptions.Subscribed;
import io.usageflow.schema.JsonValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SubscribedPricesTest {
    private static final Catalogue CATALOGUE = SampleCatalogue.of(ASSISTANT, IMAGES);

    static Stream<Arguments> events() {
        var cases = new ArrayList<Arguments>();
        List<Subscriptions> customers = List.of(
                subscribed("assistant"),
                subscribed("assistant", "images"),
                subscribed("images"),
                subscribed(),
                subscribed("gone"),
                new Subscriptions(List.of(new Subscribed("assistant", Optional.of(1), true))),
                new Subscriptions(List.of(new Subscribed("assistant", Optional.of(9), false))));
        List<Map<String, Object>> data = List.of(
                Map.of(),
                Map.of("total_tokens", 1500L, "model", "a", "note", "kept"),
                Map.of("total_tokens", "1500", "model", "b"),
                Map.of("total_token", 3L),
                new HashMap<>(Collections.singletonMap("total_tokens", null)));
        for (Subscriptions customer : customers) {
            for (String eventType : List.of("message_completed", "mesage_completed", "image")) {
                data.forEach(each -> cases.add(Arguments.of(customer, eventType, each)));
            }
        }
        return cases.stream();
    }

    /** Judged twice, since what does not depend on data is remembered. */
    @ParameterizedTest
    @MethodSource("events")
    void shouldJudgeAsTheWholeCatalogueDoes(Subscriptions customer, String eventType, Map<String, Object> data) {
        BillingForecast whole = BillingCheck.ofCustomer(CATALOGUE, customer, eventType, SubscribedPrices.json(data));
        var prices = new SubscribedPrices(CATALOGUE, customer);

        assertThat(prices.of(eventType, data)).isEqualTo(whole);
        assertThat(prices.of(eventType, data)).isEqualTo(whole);
    }

    @Test
    void shouldNotReadDataThatNoPriceLooksAt() {
        var prices = new SubscribedPrices(CATALOGUE, subscribed("assistant"));
        Object unwritable = new JsonValue("{");

        assertThat(prices.of("message_completed", Map.of("total_tokens", 1L, "note", unwritable)))
                .isInstanceOf(BillingForecast.Billed.class);
        assertThat(prices.of("message_completed", Map.of("total_tokens", unwritable)))
                .isInstanceOf(Undecided.class);
        assertThat(prices.of("mesage_completed", Map.of("note", unwritable)))
                .isInstanceOfSatisfying(
                        NotBilled.class,
                        notBilled -> assertThat(notBilled.nearest().cause()).isEqualTo(Cause.NO_PRICE_FOR_EVENT_TYPE));
    }

    @Test
    void shouldNameTheFieldThatAnUnchargedPriceProbablyMeans() {
        Catalogue catalogue = SampleCatalogue.of(SampleCatalogue.product(
                "assistant",
                SampleCatalogue.price("message_completed", Optional.empty(), List.of(), Map.of()),
                SampleCatalogue.price("message_completed", Optional.of("total_tokens"), List.of(), Map.of())));
        var prices = new SubscribedPrices(catalogue, subscribed("assistant"));

        assertThat(prices.of("message_completed", Map.of("total_token", 3L)))
                .isInstanceOfSatisfying(
                        BillingForecast.Billed.class,
                        billed -> assertThat(billed.misses().get(0).detail()).endsWith("it has data.total_token"));
    }

    @Test
    void shouldNotDecideWhereAPriceOfAnUnknownFormMayCountTheEvent() {
        Catalogue catalogue = SampleCatalogue.of(new Catalogue.Product(
                "prp_new",
                "new",
                List.of(new Catalogue.Version(
                        1,
                        true,
                        Optional.of(List.of(new Catalogue.UnknownPrice(Optional.empty(), Optional.empty(), "odd")))))));

        assertThat(new SubscribedPrices(catalogue, subscribed("new")).of("message_completed", Map.of()))
                .isInstanceOf(Undecided.class);
    }

    @Test
    void shouldJudgeMoreEventTypesThanItRemembers() {
        var prices = new SubscribedPrices(CATALOGUE, subscribed("assistant"));
        for (int i = 0; i < 1_500; i++) {
            assertThat(prices.of("invented_" + i, Map.of())).isInstanceOf(NotBilled.class);
        }
        assertThat(prices.of("message_completed", Map.of("total_tokens", 1L)))
                .isInstanceOf(BillingForecast.Billed.class);
    }
}

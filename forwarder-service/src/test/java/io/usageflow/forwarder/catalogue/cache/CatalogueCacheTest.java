package io.usageflow.forwarder.catalogue.cache;

import static io.usageflow.forwarder.catalogue.SampleCatalogue.ASSISTANT;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.IMAGES;
import static io.usageflow.forwarder.catalogue.SampleCatalogue.subscribed;
import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.catalogue.BillingForecast;
import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.BillingForecast.NotBilled;
import io.usageflow.forwarder.catalogue.Catalogue;
import io.usageflow.forwarder.catalogue.CustomerReading;
import io.usageflow.forwarder.catalogue.SampleCatalogue;
import io.usageflow.forwarder.catalogue.Subscriptions;
import io.usageflow.forwarder.config.CatalogueSettings;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.ReferenceKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CatalogueCacheTest {
    private static final Reference ACME = named("acme");
    private static final Map<String, Object> TOKENS = Map.of("total_tokens", 1_000L);

    private final AtomicLong nanos = new AtomicLong();
    private final CatalogueCache cache = cache(100);

    @Test
    void shouldSayForHowLongAReadingHasBeenMissing() {
        pass(Duration.ofSeconds(5));
        assertThat(ask(ACME)).isEqualTo(new CatalogueAnswer.NotRead(Duration.ofSeconds(5)));

        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        pass(Duration.ofSeconds(2));
        assertThat(ask(ACME)).isEqualTo(new CatalogueAnswer.NotRead(Duration.ofSeconds(2)));
        assertThat(ask(named("new"))).isEqualTo(new CatalogueAnswer.NotRead(Duration.ZERO));
        assertThat(cache.unreadFor()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void shouldJudgeByTheLastReadingAndSayItsAge() {
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        read(ACME, subscribed("assistant"));
        pass(Duration.ofDays(1));

        CatalogueAnswer answer = ask(ACME);

        assertThat(answer.asForecast()).containsInstanceOf(Billed.class);
        assertThat(answer).isInstanceOfSatisfying(CatalogueAnswer.Known.class, known -> assertThat(known.age())
                .isEqualTo(Duration.ofDays(1)));
        assertThat(cache.isStale()).isTrue();
    }

    @Test
    void shouldJudgeByTheProductsOfTheCustomersAccount() {
        Optional<String> account = Optional.of("acc_1");
        Reference connected = ACME.in(account);
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        assertThat(cache.accounts()).containsExactly(Optional.empty());
        assertThat(ask(connected)).isEqualTo(new CatalogueAnswer.NotRead(Duration.ZERO));
        assertThat(cache.accounts()).containsExactlyInAnyOrder(Optional.empty(), account);
        read(ACME, subscribed("assistant"));
        read(connected, subscribed("images"));
        pass(Duration.ofSeconds(3));
        assertThat(ask(connected)).isEqualTo(new CatalogueAnswer.NotRead(Duration.ofSeconds(3)));

        cache.store(account, SampleCatalogue.of(IMAGES));

        assertThat(ask(connected).asForecast()).containsInstanceOf(NotBilled.class);
        assertThat(ask(ACME).asForecast()).containsInstanceOf(Billed.class);
        assertThat(cache.products()).containsExactly(ASSISTANT);
        assertThat(cache.age()).as("of the older reading").isEqualTo(Duration.ofSeconds(3));
        read(connected, subscribed("assistant"));
        cache.store(account, SampleCatalogue.of(ASSISTANT));
        assertThat(ask(connected).asForecast()).containsInstanceOf(Billed.class);
    }

    @Test
    void shouldBoundTheAccountsWhoseProductsAreRead() {
        for (int i = 0; i < CatalogueCache.ACCOUNTS_MAX; i++) {
            ask(ACME.in(Optional.of("acc_" + i)));
        }

        assertThat(ask(ACME.in(Optional.of("one too many"))).asForecast())
                .containsInstanceOf(BillingForecast.Undecided.class);
        assertThat(cache.accounts()).hasSize(CatalogueCache.ACCOUNTS_MAX + 1);
        assertThat(ask(ACME)).isInstanceOf(CatalogueAnswer.NotRead.class);
    }

    @Test
    void shouldNotJudgeAnEventTypeThatNeedsNoPrice() {
        assertThat(cache.of(ACME, "cost_recorded", Map.of())).isEqualTo(new CatalogueAnswer.Free());
        assertThat(cache.take(10)).isEmpty();
    }

    @Test
    void shouldReadACustomerOnceAndAgainWhenItsReadingIsOld() {
        ask(ACME);
        ask(ACME);
        assertThat(cache.take(10)).containsExactly(ACME);
        ask(ACME);
        assertThat(cache.take(10)).as("it is being read").isEmpty();

        read(ACME, subscribed("assistant"));
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        ask(ACME);
        assertThat(cache.take(10)).isEmpty();

        pass(Duration.ofMinutes(1));
        ask(ACME);
        assertThat(cache.take(10)).containsExactly(ACME);
    }

    @Test
    void shouldReadNewCustomersBeforeOldOnes() {
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        read(ACME, subscribed("assistant"));
        pass(Duration.ofMinutes(1));
        ask(ACME);
        ask(named("new"));

        assertThat(cache.take(1)).containsExactly(named("new"));
        assertThat(cache.take(2)).containsExactly(ACME);
    }

    @Test
    void shouldKeepACustomerWantedThatCouldNotBeRead() {
        ask(ACME);
        cache.giveBack(cache.take(10));
        ask(ACME);

        assertThat(cache.take(10)).containsExactly(ACME);
    }

    @Test
    void shouldReadACustomerSoonerWhoseSubscriptionIsMissing() {
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        read(ACME, subscribed());
        read(named("typo"), subscribed("assistant"));
        pass(CatalogueCache.REREAD_UNBILLED);
        ask(ACME);
        cache.of(named("typo"), "mesage_completed", TOKENS);

        assertThat(cache.take(10)).containsExactly(ACME);
    }

    @Test
    void shouldWaitForTheProductsThatACustomerHasSubscribedToSinceTheyWereRead() {
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        pass(Duration.ofSeconds(1));
        read(ACME, subscribed("assistant", "images"));
        pass(Duration.ofSeconds(2));

        assertThat(ask(ACME)).isEqualTo(new CatalogueAnswer.NotRead(Duration.ofSeconds(2)));
        assertThat(cache.areProductsWanted(Optional.empty())).isTrue();

        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT, IMAGES));
        assertThat(ask(ACME).asForecast()).containsInstanceOf(Billed.class);
        assertThat(cache.areProductsWanted(Optional.empty())).isFalse();
    }

    @Test
    void shouldNotWaitForAProductThatCredytDoesNotShow() {
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        pass(Duration.ofSeconds(1));
        read(ACME, subscribed("withdrawn"));
        pass(Duration.ofSeconds(1));
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));

        assertThat(ask(ACME).asForecast()).containsInstanceOf(BillingForecast.Undecided.class);
        assertThat(cache.areProductsWanted(Optional.empty())).isFalse();
    }

    @Test
    void shouldCountUpOnlyWhenAnAnswerMayDiffer() {
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        read(ACME, subscribed());
        long before = cache.version();
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        read(ACME, subscribed());
        assertThat(cache.version()).isEqualTo(before);
        assertThat(ask(ACME).asForecast()).containsInstanceOf(NotBilled.class);

        read(ACME, subscribed("assistant"));
        assertThat(cache.version()).isEqualTo(before + 1);
        assertThat(ask(ACME).asForecast()).containsInstanceOf(Billed.class);
        cache.store(Optional.empty(), SampleCatalogue.of(IMAGES));
        assertThat(cache.version()).isEqualTo(before + 2);
    }

    @Test
    void shouldKnowThatCredytDoesNotHaveTheCustomer() {
        cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        cache.store(Map.of(ACME, new CustomerReading.Unknown()));

        assertThat(ask(ACME).asForecast()).contains(NotBilled.CUSTOMER_UNKNOWN);
    }

    @Test
    void shouldKeepAWholeReadingInPlaceOfOneWithGapsUntilItIsStale() {
        var gaps = new Catalogue(List.of(), List.of("Credyt does not show its products: HTTP 400"));
        assertThat(cache.store(Optional.empty(), SampleCatalogue.of(ASSISTANT))).isTrue();

        assertThat(cache.store(Optional.empty(), gaps)).isFalse();
        assertThat(cache.products()).containsExactly(ASSISTANT);
        pass(Duration.ofMinutes(15));
        assertThat(cache.store(Optional.empty(), gaps)).isTrue();
        assertThat(cache.products()).isEmpty();
    }

    @Test
    void shouldForgetTheCustomersThatWereUsedLongestAgo() {
        CatalogueCache small = cache(100);
        small.store(Optional.empty(), SampleCatalogue.of(ASSISTANT));
        for (int i = 0; i < 100; i++) {
            small.store(Map.of(named("c" + i), new CustomerReading.Subscribed(subscribed("assistant"))));
            pass(Duration.ofMillis(1));
        }
        small.of(named("c0"), "message_completed", TOKENS);
        small.store(Map.of(named("one too many"), new CustomerReading.Subscribed(subscribed("assistant"))));

        assertThat(small.customers()).isEqualTo(95);
        assertThat(small.of(named("c0"), "message_completed", TOKENS)).isInstanceOf(CatalogueAnswer.Known.class);
        assertThat(small.of(named("c1"), "message_completed", TOKENS)).isInstanceOf(CatalogueAnswer.NotRead.class);
    }

    @Test
    void shouldBoundTheCustomersThatWait() {
        for (int i = 0; i < CatalogueCache.WANTED_MAX + 100; i++) {
            ask(named("c" + i));
        }
        assertThat(cache.unread()).isEqualTo(CatalogueCache.WANTED_MAX);
    }

    private CatalogueCache cache(int customersMax) {
        return new CatalogueCache(
                new CatalogueSettings(
                        true, Duration.ofMinutes(1), Duration.ofMinutes(15), customersMax, 10, Set.of("cost_recorded")),
                nanos::get);
    }

    private CatalogueAnswer ask(Reference customer) {
        return cache.of(customer, "message_completed", TOKENS);
    }

    private void read(Reference customer, Subscriptions subscriptions) {
        cache.store(Map.of(customer, new CustomerReading.Subscribed(subscriptions)));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Reference named(String externalId) {
        return new Reference(ReferenceKind.EXTERNAL_ID, externalId);
    }
}

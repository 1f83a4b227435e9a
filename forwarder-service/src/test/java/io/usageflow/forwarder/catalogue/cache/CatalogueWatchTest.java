package io.usageflow.forwarder.catalogue.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.usageflow.forwarder.catalogue.BillingForecast.Billed;
import io.usageflow.forwarder.catalogue.BillingForecast.NotBilled;
import io.usageflow.forwarder.catalogue.BillingForecast.Undecided;
import io.usageflow.forwarder.catalogue.CatalogueQueries;
import io.usageflow.forwarder.catalogue.SampleCatalogue;
import io.usageflow.forwarder.config.CatalogueSettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.forwarder.testing.AlertRules;
import io.usageflow.schema.ReferenceKind;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogueWatchTest {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final Reference ACME = new Reference(ReferenceKind.EXTERNAL_ID, "acme");
    private static final Answer REFUSED = json(401, "");

    private final Map<String, Answer> answers = new ConcurrentHashMap<>(Map.of(
            "/products?offset=0&limit=100",
            json(200, "{\"items\": [{\"id\": \"prp_1\"}]}"),
            "/products?offset=1&limit=100",
            json(200, "{\"items\": []}"),
            "/products/prp_1",
            json(200, """
                    {"id": "prp_1", "code": "assistant", "versions": [{"version": 1, "prices": [
                      {"type": "usage_based", "usage_calculation": {"event_type": "message_completed",
                         "usage_type": "volume", "volume_field": "total_tokens"},
                       "pricing": [{"asset": "USD", "values": [{"volume_rate": 0.01}]}]}]}]}"""),
            "/customers?external_id=acme",
            json(200, """
                    {"id": "cust_1", "external_id": "acme",
                     "subscriptions": [{"products": [{"code": "assistant"}]}]}""")));
    private final CatalogueSettings settings =
            new CatalogueSettings(true, Duration.ofMillis(50), Duration.ofMinutes(15), 100, 1000, Set.of());
    private final CatalogueCache cache = new CatalogueCache(settings, System::nanoTime);
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private volatile boolean away;
    private final CatalogueWatch watch = watch(Optional.empty(), cache);

    private CatalogueWatch watch(Optional<Duration> gate, CatalogueCache cache) {
        return new CatalogueWatch(
                settings.refreshInterval(),
                gate,
                cache,
                new CatalogueMeters(registry, cache),
                stopped -> new CatalogueWatch.OpenQueries(
                        new CatalogueQueries(new CredytQueries(
                                (path, account) -> CompletableFuture.completedFuture(
                                        away
                                                ? REFUSED
                                                : answers.getOrDefault(
                                                        account.map(id -> id + " ")
                                                                        .orElse("")
                                                                + path,
                                                        json(404, ""))),
                                10_000,
                                Clock.systemUTC(),
                                stopped)),
                        () -> {}));
    }

    @AfterEach
    void close() {
        watch.close(Duration.ofSeconds(5));
    }

    @Test
    void shouldReadTheProductsAndTheCustomersWhoseEventsCome() {
        watch.start();

        await().atMost(SOON)
                .until(() -> ask().asForecast().filter(Billed.class::isInstance).isPresent());
        assertThat(watch.health().ready()).isTrue();
        awaitDetail("1 product, read 0 s ago; 1 customer, and 0 wait to be read");
    }

    /** A wrong account in one link must not keep the others from being read. */
    @Test
    void shouldReadTheProductsOfEachAccountOfWhichEventsCome() {
        for (String path : List.copyOf(answers.keySet())) {
            answers.put("acc_1 " + path, answers.get(path));
            answers.put("acc_2 " + path, json(403, ""));
        }
        watch.start();
        cache.of(ACME.in(Optional.of("acc_2")), "message_completed", Map.of());

        await().atMost(SOON)
                .until(() -> cache.of(ACME.in(Optional.of("acc_1")), "message_completed", Map.of("total_tokens", 1L))
                        .asForecast()
                        .filter(Billed.class::isInstance)
                        .isPresent());
        await().atMost(SOON).until(() -> ask().asForecast().isPresent());
        await().atMost(SOON).until(() -> cache.of(ACME.in(Optional.of("acc_2")), "message_completed", Map.of())
                .asForecast()
                .filter(Undecided.class::isInstance)
                .isPresent());
        assertThat(watch.health().ready()).isTrue();
        awaitDetail("1 product and those of 2 connected accounts, read 0 s ago");
    }

    @Test
    void shouldReadTheOthersWhileOneAccountIsNotAnswered() {
        for (String path : List.copyOf(answers.keySet())) {
            answers.put("acc_2 " + path, json(500, ""));
        }
        watch.start();
        await().atMost(SOON).until(cache::isRead);
        cache.of(ACME.in(Optional.of("acc_2")), "cost_recorded", Map.of());
        awaitDetail("HTTP 500");

        answers.put("/products/prp_1", json(200, "{\"id\": \"prp_1\", \"code\": \"other\"}"));

        await().atMost(SOON).until(() -> cache.products().get(0).code().equals("other"));
    }

    @Test
    void shouldKeepTheLastReadingWhileCredytIsAwayAndReadAgainAfterIt() {
        watch.start();
        await().atMost(SOON).until(() -> ask().asForecast().isPresent());

        away = true;
        awaitDetail("refuses the API key");
        assertThat(ask().asForecast()).containsInstanceOf(Billed.class);

        answers.put("/products/prp_1", json(200, "{\"id\": \"prp_1\", \"code\": \"other\"}"));
        away = false;
        await().atMost(SOON).until(() -> cache.products().get(0).code().equals("other"));
        await().atMost(SOON).until(() -> !watch.health().detail().contains("refuses the API key"));
    }

    @Test
    void shouldReadACustomerThatItCouldNotReadBefore() {
        watch.start();
        await().atMost(SOON).until(cache::isRead);
        away = true;
        awaitDetail("refuses the API key");
        ask();
        assertThat(watch.health().detail()).contains("0 customers, and 1 wait to be read");

        away = false;
        await().atMost(SOON).until(() -> ask().asForecast().isPresent());
    }

    @Test
    void shouldNotBeReadyWhileAGateCannotJudge() {
        var nanos = new AtomicLong();
        var unread = new CatalogueCache(settings, nanos::get);
        CatalogueWatch gated = watch(Optional.of(Duration.ofSeconds(30)), unread);
        assertThat(gated.health().ready()).as("it has just begun").isTrue();

        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(gated.health().ready()).isFalse();
        assertThat(gated.health().detail())
                .contains("have not been read for 31 s; admission.unbillable does not keep further events");
        assertThat(watch(Optional.empty(), unread).health().ready())
                .as("without a gate")
                .isTrue();

        unread.store(Optional.empty(), SampleCatalogue.of(SampleCatalogue.ASSISTANT));
        assertThat(gated.health().ready()).isTrue();
        unread.of(ACME, "message_completed", Map.of());
        nanos.addAndGet(Duration.ofSeconds(31).toNanos());
        assertThat(gated.health().ready()).isTrue();
        assertThat(gated.health().detail())
                .contains("1 wait to be read, one for 31 s; events of these are admitted unjudged");

        nanos.addAndGet(Duration.ofMinutes(15).toNanos());
        assertThat(gated.health().ready()).isFalse();
        assertThat(gated.health().detail()).contains("longer than catalogue.max.age");
    }

    @Test
    void shouldCountEventsByWhatTheCatalogueSays() throws IOException {
        watch.start();
        watch.meters().count("message_completed", ask());
        await().atMost(SOON).until(() -> ask().asForecast().isPresent());
        watch.meters().count("message_completed", ask());
        watch.meters().count("mesage_completed", cache.of(ACME, "mesage_completed", Map.of()));

        assertThat(registry.scrape())
                .contains("usageflow_catalogue_billable_events_total{event_type=\"message_completed\"} 1.0")
                .contains("usageflow_catalogue_not_billable_events_total{cause=\"no_price_for_event_type\","
                        + "event_type=\"mesage_completed\"} 1.0")
                .contains("usageflow_catalogue_unjudged_events_total{cause=\"not_read\"} 1.0");
        Set<String> named = AlertRules.metrics("usageflow_catalogue_");
        assertThat(AlertRules.served(registry)).containsAll(named);
        assertThat(named).hasSize(2);
    }

    @Test
    void shouldBoundTheEventTypesThatItCounts() {
        CatalogueAnswer notBilled = new CatalogueAnswer.Known(NotBilled.CUSTOMER_UNKNOWN, Duration.ZERO, false);
        for (int i = 0; i < 150; i++) {
            watch.meters().count("invented_" + i, notBilled);
        }
        assertThat(registry.scrape().lines().filter(line -> line.startsWith("usageflow_catalogue_not_billable")))
                .hasSize(CatalogueMeters.EVENT_TYPES_MAX + 1)
                .anyMatch(line -> line.contains("event_type=\"other\"") && line.endsWith(" 50.0"));
    }

    private void awaitDetail(String words) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(watch.health().detail()).contains(words));
    }

    private CatalogueAnswer ask() {
        return cache.of(ACME, "message_completed", Map.of("total_tokens", 1L));
    }

    private static Answer json(int status, String body) {
        return new Answer.Response(status, Map.of("content-type", "application/json"), body, false);
    }
}

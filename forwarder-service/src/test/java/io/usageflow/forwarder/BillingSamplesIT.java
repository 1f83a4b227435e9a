package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.config.BillingSampleSettings;
import io.usageflow.forwarder.config.CatalogueSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.testing.PipelineWorld;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.EventId;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a delivered event to the meter that says how Credyt billed it. */
class BillingSamplesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String ACCOUNT = "acct_1";

    @TempDir
    Path folder;

    @AutoClose
    private final PipelineWorld world = new PipelineWorld(SandboxOptions.defaults());

    private final CredytSandbox credyt = world.credyt();

    private int number;

    @Test
    void shouldSeeHowCredytBillsAndDisturbNothing() throws Exception {
        Settings settings = world.open(
                folder,
                Map.of(
                        CatalogueSettings.REFRESH_INTERVAL, "1s",
                        BillingSampleSettings.ENABLED, "true",
                        BillingSampleSettings.SHARE, "1",
                        BillingSampleSettings.REQUESTS_PER_SECOND, "50",
                        BillingSampleSettings.DELAY, "1s",
                        BillingSampleSettings.PATIENCE, "3s"));
        credyt.createProduct("assistant", PriceSpec.unit("message_completed", "USD", "2.5"));
        credyt.createCustomer("acme", "assistant");
        try (UsagePublisher publisher = world.publisher();
                Forwarder forwarder = Forwarder.start(settings)) {
            publisher.linkCustomer(ACCOUNT, CustomerRef.externalId("acme")).join();
            // A record of another writer must not stop it.
            world.writeRubbish("usage.deliverable", ACCOUNT);

            publish(publisher, "message_completed");
            awaitSamples(forwarder, "billed", 1);

            // Credyt accepts an event without a price, and charges nothing.
            publish(publisher, "mesage_completed");
            awaitSamples(forwarder, "unbilled", 1);

            // It looks again only when the fee has been doubled.
            credyt.inject(FaultRule.always(FaultMatch.route("GET /events/{id}"), Fault.status(503)));
            UUID doubled = publish(publisher, "message_completed");
            assertThat(credyt.awaitEvents(3, PATIENCE)).isTrue();
            world.post("/__sandbox/events/" + doubled + "/fees", "");
            publish(publisher, "message_completed");
            assertThat(credyt.awaitEvents(4, PATIENCE))
                    .as("delivery does not wait")
                    .isTrue();
            await().atMost(PATIENCE)
                    .until(() -> forwarder.health().toString().contains("waits after: Credyt does not answer"));
            assertThat(forwarder.health().ready()).isTrue();
            credyt.clearFaults();
            awaitSamples(forwarder, "fees_double", 1);
            awaitSamples(forwarder, "billed", 2);

            assertThat(samples(forwarder, "unbilled")).isEqualTo(1);
            assertThat(samples(forwarder, "dropped")).isZero();
        }
    }

    @Test
    void shouldSkipWhatItHasNoTimeForAndLookAtTheNewest() throws Exception {
        Settings settings = world.open(
                folder,
                Map.of(
                        CatalogueSettings.REFRESH_INTERVAL, "1s",
                        BillingSampleSettings.ENABLED, "true",
                        BillingSampleSettings.SHARE, "0",
                        BillingSampleSettings.EVENTS_PER_SECOND, "1",
                        BillingSampleSettings.DELAY, "1s",
                        BillingSampleSettings.PATIENCE, "3s"));
        credyt.createProduct(
                "assistant",
                PriceSpec.unit("message_completed", "USD", "2.5"),
                PriceSpec.unit("image_generated", "USD", "1"));
        credyt.createCustomer("acme", "assistant");
        try (UsagePublisher publisher = world.publisher();
                Forwarder forwarder = Forwarder.start(settings)) {
            publisher.linkCustomer(ACCOUNT, CustomerRef.externalId("acme")).join();
            publish(publisher, "message_completed");
            awaitSamples(forwarder, "billed", 1);

            for (int i = 0; i < 200; i++) {
                publish(publisher, "message_completed");
            }
            await().atMost(PATIENCE)
                    .until(() -> counted(forwarder, "usageflow_billing_samples_skipped_events_total ") > 100);
            assertThat(credyt.awaitEvents(201, PATIENCE))
                    .as("delivery skips nothing")
                    .isTrue();

            // One of them may still be among those that are skipped.
            await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(2)).until(() -> {
                publish(publisher, "image_generated");
                return samples(forwarder, "billed") > 1;
            });
        }
    }

    private UUID publish(UsagePublisher publisher, String eventType) {
        EventId id = EventId.derive(ACCOUNT, number++);
        publisher.publish(UsageEvent.of(eventType).id(id).account(ACCOUNT)).join();
        return UUID.fromString(id.toString());
    }

    private static void awaitSamples(Forwarder forwarder, String result, long events) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(samples(forwarder, result)).isEqualTo(events));
    }

    private static long samples(Forwarder forwarder, String result) throws IOException, InterruptedException {
        return counted(forwarder, "usageflow_billing_samples_events_total{result=\"" + result + "\"} ");
    }

    private static long counted(Forwarder forwarder, String line) throws IOException, InterruptedException {
        HttpResponse<String> metrics = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(forwarder.adminUrl() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return metrics.body()
                .lines()
                .filter(each -> each.startsWith(line))
                .mapToLong(each -> (long) Double.parseDouble(each.substring(line.length())))
                .sum();
    }
}

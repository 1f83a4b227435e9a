package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.BalanceSettings;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.producer.Balances;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.EventId;
import io.usageflow.producer.SpendCheck;
import io.usageflow.producer.SpendCheck.Decision;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.producer.WhenUnknown;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import io.usageflow.sandbox.fault.Fault;
import io.usageflow.sandbox.fault.FaultRule;
import io.usageflow.sandbox.fault.FaultRule.FaultMatch;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a published event through the wallet at Credyt to the service that asks whether the next one may be spent. */
class BalancesIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final String ACCOUNT = "acct_1";
    private static final BigDecimal ONE = BigDecimal.ONE;

    @TempDir
    Path folder;

    @AutoClose
    private final EmbeddedBroker broker =
            EmbeddedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(ImpatientKafka.BROKER));

    @AutoClose
    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);

    @AutoClose
    private final CredytSandbox credyt =
            CredytSandbox.start(SandboxOptions.defaults().withApiKeys("test"));

    private final Map<String, Object> service =
            Map.of("bootstrap.servers", broker.bootstrapServers(), "schema.registry.url", registry.url());
    private Settings settings = settings();
    private int number;

    @Test
    void shouldKnowTheBalanceInEachService() throws Exception {
        TopicCreation.create(
                broker.bootstrapServers(), settings.topics().names().specs(2, Duration.ofDays(35)));
        credyt.createProduct("assistant", PriceSpec.unit("message_completed", "USD", "2.5"));
        String customer = credyt.createCustomer("acme", "assistant");
        adjust(customer, "first", "10");
        try (UsagePublisher publisher = UsagePublisher.create(service);
                Balances balances = Balances.create(service)) {
            assertThat(balances.canSpend(ACCOUNT, "USD", ONE).decision()).isEqualTo(Decision.UNKNOWN);
            try (Forwarder forwarder = Forwarder.start(settings)) {
                publisher.linkCustomer(ACCOUNT, CustomerRef.externalId("acme")).join();
                awaitLeft(balances, "10");
                assertThat(balances.canSpend(ACCOUNT, "USD", new BigDecimal("10"), WhenUnknown.REFUSE))
                        .isTrue();

                for (int i = 0; i < 4; i++) {
                    publish(publisher);
                }
                awaitLeft(balances, "0");
                assertThat(balances.canSpend(ACCOUNT, "USD", ONE, WhenUnknown.ALLOW))
                        .isFalse();

                writeRubbish();
                adjust(customer, "topped-up", "30");
                // A customer that is refused has no deliveries: the schedule alone has to see the payment.
                awaitLeft(balances, "30");

                credyt.inject(FaultRule.always(FaultMatch.POST_EVENTS, Fault.status(503)));
                publish(publisher);
                adjust(customer, "paid-in-an-outage", "1");
                awaitLeft(balances, "28.5");
                credyt.clearFaults();
                awaitLeft(balances, "28.5");
                await().atMost(PATIENCE).until(() -> forwarder.health().ready());
                assertThat(credyt.awaitEvents(5, PATIENCE)).isTrue();
            }
            adjust(customer, "while-nothing-runs", "100");
            try (Forwarder again = Forwarder.start(settings)) {
                awaitLeft(balances, "128.5");
                await().atMost(PATIENCE).until(() -> again.health().ready());
            }
            assertThat(balances.status().refused()).isEqualTo(1);
        }
        try (Balances late = Balances.create(service)) {
            awaitLeft(late, "128.5");
        }
    }

    private static void awaitLeft(Balances balances, String left) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            SpendCheck check = balances.canSpend(ACCOUNT, "USD", BigDecimal.ZERO);
            assertThat(check.left()).as(check.why()).hasValueSatisfying(now -> assertThat(now)
                    .isEqualByComparingTo(left));
        });
    }

    private void publish(UsagePublisher publisher) {
        publisher
                .publish(UsageEvent.of("message_completed")
                        .id(EventId.derive(ACCOUNT, number++))
                        .account(ACCOUNT))
                .join();
    }

    /** A record of another writer must stop neither the forwarder nor a service. */
    private void writeRubbish() throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>("usage.balances", ACCOUNT, "rubbish"))
                    .get();
        }
    }

    private void adjust(String customer, String transaction, String amount) throws IOException, InterruptedException {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(
                                        URI.create(credyt.url() + "/customers/" + customer + "/wallet/adjustments"))
                                .header("X-CREDYT-API-KEY", "test")
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"transaction_id\": \"" + transaction
                                        + "\", \"asset\": \"USD\", \"amount\": " + amount
                                        + ", \"reason\": \"external_topup\"}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private Settings settings() {
        Map<String, String> values = new HashMap<>(ImpatientKafka.ADMISSION);
        values.put("kafka.bootstrap.servers", broker.bootstrapServers());
        values.put("schema.registry.url", registry.url());
        values.put("credyt.url", credyt.url().toString());
        values.put("credyt.api.key", "test");
        values.put("admin.port", "0");
        values.put("state.dir", folder.toString());
        values.put(BalanceSettings.ENABLED, "true");
        values.put(BalanceSettings.DELAY, "100ms");
        values.put(BalanceSettings.REFRESH_MIN, "1s");
        values.put(BalanceSettings.REFRESH_MAX, "2s");
        values.put(BalanceSettings.REQUESTS_PER_SECOND, "50");
        return Settings.load(ConfigSources.none().with(values, "test"));
    }
}

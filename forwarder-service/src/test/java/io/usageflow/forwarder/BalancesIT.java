package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.config.BalanceSettings;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.testing.PipelineWorld;
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
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
    private final PipelineWorld world = new PipelineWorld(SandboxOptions.defaults());

    private final CredytSandbox credyt = world.credyt();

    private final Map<String, Object> service = world.service();
    private int number;

    @Test
    void shouldKnowTheBalanceInEachService() throws Exception {
        Settings settings = world.open(
                folder,
                Map.of(
                        BalanceSettings.ENABLED, "true",
                        BalanceSettings.DELAY, "100ms",
                        BalanceSettings.REFRESH_MIN, "1s",
                        BalanceSettings.REFRESH_MAX, "2s",
                        BalanceSettings.REQUESTS_PER_SECOND, "50"));
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

                // A record of another writer must stop neither the forwarder nor a service.
                world.writeRubbish("usage.balances", ACCOUNT);
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

    private void adjust(String customer, String transaction, String amount) throws IOException, InterruptedException {
        world.post(
                "/customers/" + customer + "/wallet/adjustments",
                "{\"transaction_id\": \"" + transaction + "\", \"asset\": \"USD\", \"amount\": " + amount
                        + ", \"reason\": \"external_topup\"}");
    }
}

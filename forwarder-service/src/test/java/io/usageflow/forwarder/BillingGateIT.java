package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.parked.InstanceAnswer;
import io.usageflow.forwarder.parked.ParkedClient;
import io.usageflow.forwarder.parked.ParkedDocument;
import io.usageflow.forwarder.parked.ParkedDocument.Reason;
import io.usageflow.forwarder.testing.PipelineWorld;
import io.usageflow.producer.EventId;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed.PriceSpec;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events that Credyt would not bill wait, also over a restart, and are billed once Credyt has their customer. */
class BillingGateIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @AutoClose
    private final PipelineWorld world = new PipelineWorld(SandboxOptions.defaults());

    private final CredytSandbox credyt = world.credyt();

    @Test
    void shouldHoldEventsUntilCredytBillsThem() {
        credyt.createProduct("assistant", PriceSpec.volume("message_completed", "tokens", "USD", "0.01", "1"));
        credyt.createCustomer("globex", "assistant");
        Settings settings = world.open(
                folder,
                Map.of(
                        "admission.unbillable", "hold",
                        "catalogue.refresh.interval", "1s"));
        try (UsagePublisher publisher = world.publisher()) {
            try (Forwarder forwarder = Forwarder.start(settings)) {
                publish(publisher, "globex", 1);
                publish(publisher, "acme", 2);
                publish(publisher, "acme", 3);
                publish(publisher, "globex", 4);
                assertThat(credyt.awaitEvents(2, PATIENCE)).isTrue();
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(parked(forwarder))
                        .singleElement()
                        .satisfies(account -> {
                            assertThat(account.account()).isEqualTo("acme");
                            assertThat(account.events()).isEqualTo(2);
                            assertThat(account.waitsFor().why()).isEqualTo(Reason.NOT_BILLABLE);
                            assertThat(account.waitsFor().remedy()).contains("Credyt has no such customer");
                        }));
                assertThat(forwarder.health().ready()).isTrue();
            }
            credyt.outage(true);
            try (Forwarder forwarder = Forwarder.start(settings)) {
                await().atMost(PATIENCE).until(() -> forwarder
                        .health()
                        .stages()
                        .get("catalogue")
                        .detail()
                        .contains("503"));
                credyt.outage(false);
                credyt.createCustomer("acme", "assistant");
                publish(publisher, "acme", 5);

                assertThat(credyt.awaitEvents(5, PATIENCE)).isTrue();
            }
        }
        assertThat(credyt.balance("acme", "USD")).isEqualByComparingTo(new BigDecimal("-0.03"));
        assertThat(credyt.balance("globex", "USD")).isEqualByComparingTo(new BigDecimal("-0.02"));
    }

    private static List<ParkedDocument.Account> parked(Forwarder forwarder) {
        return new ParkedClient(Optional.empty(), Duration.ofSeconds(10))
                .ask(List.of(URI.create(forwarder.adminUrl())), Optional.empty(), 10).stream()
                        .flatMap(answer -> answer.match(
                                (InstanceAnswer.Answered answered) -> answered.page().accounts().stream(),
                                silent -> List.<ParkedDocument.Account>of().stream()))
                        .toList();
    }

    private static void publish(UsagePublisher publisher, String customer, int number) {
        publisher
                .publish(UsageEvent.of("message_completed")
                        .id(EventId.derive(customer, number))
                        .account(customer)
                        .customerExternalId(customer)
                        .data("tokens", 1))
                .join();
    }
}

package io.usageflow.forwarder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.forwarder.testing.DisturbedBrokers;
import io.usageflow.forwarder.testing.ForwarderProcess;
import io.usageflow.forwarder.testing.GuardedKafka;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.producer.Cost;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.EventId;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.sandbox.SandboxOptions;
import io.usageflow.sandbox.SandboxSeed;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The forwarder as a process of its own in full flow, while it is stopped with SIGTERM and started again, or while its
 * broker, or one of three, is killed and started again.
 */
class RestartIT {
    private static final Topics TOPICS = Topics.withDefaultPrefix();
    private static final int ROUNDS = Integer.getInteger("usageflow.fault.rounds", 2);
    private static final int EVENTS_PER_ROUND = 1_500;
    private static final int ACCOUNTS = 25;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int SIGTERM_EXIT = 143;
    /** Whether the forwarder has rights on its own topics, groups and ids only, as on hosted Kafka. */
    private static final boolean OWN_RIGHTS = Boolean.getBoolean("usageflow.fault.own.rights");

    /** The level of the cluster feature {@code transaction.version}; Kafka's default where empty. */
    private static final String TRANSACTION_VERSION = System.getProperty("usageflow.fault.transaction.version", "");

    @TempDir
    Path folder;

    @AutoClose
    private final DisturbedBrokers broker = DisturbedBrokers.start(brokerSettings());

    private final GuardedKafka kafka = new GuardedKafka(broker.bootstrapServers());

    @AutoClose
    private final SchemaRegistryServer registry = SchemaRegistryServer.start(0);

    @AutoClose
    private final CredytSandbox credyt =
            CredytSandbox.start(SandboxOptions.defaults().withSeed(SandboxSeed.dev()));

    private final Map<String, String> serde = Map.of("schema.registry.url", registry.url());

    @Test
    void shouldLoseNothingAndDoubleNothingWhileItComesAndGoes() throws Exception {
        run(Map.of(), (forwarder, round) -> {
            stop(forwarder);
            return startForwarder(round, Map.of());
        });
    }

    @Test
    void shouldLoseNothingAndDoubleNothingWhileItsBrokerIsKilled() throws Exception {
        Map<String, String> impatient = new HashMap<>(ImpatientKafka.ADMISSION);
        ImpatientKafka.DELIVERY.forEach((key, value) -> impatient.put("kafka." + key, value));
        run(impatient, (forwarder, round) -> {
            broker.kill();
            broker.restart();
            return forwarder;
        });
    }

    private static Map<String, String> brokerSettings() {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.BROKER);
        if (OWN_RIGHTS) {
            settings.putAll(GuardedKafka.BROKER);
        }
        if (!TRANSACTION_VERSION.isEmpty()) {
            settings.put(EmbeddedBrokerOptions.FEATURE + "transaction.version", TRANSACTION_VERSION);
        }
        return settings;
    }

    private Map<String, String> admin() {
        return OWN_RIGHTS ? kafka.admin() : Map.of("bootstrap.servers", broker.bootstrapServers());
    }

    private Map<String, String> service() {
        return OWN_RIGHTS ? kafka.service() : admin();
    }

    /** As an administrator does whom the stage's message has called: grants the right, and takes it away later. */
    private boolean arrived(ForwarderProcess forwarder, int events) throws Exception {
        boolean helped = false;
        for (long end = System.nanoTime() + PATIENCE.toNanos(); System.nanoTime() < end; ) {
            if (credyt.awaitEvents(events, Duration.ofSeconds(1))) {
                if (helped) {
                    kafka.revokeMarkers();
                }
                return true;
            }
            if (OWN_RIGHTS && !helped && forwarder.log().contains("lacks its markers on")) {
                kafka.grantMarkers();
                helped = true;
            }
        }
        return false;
    }

    /** What happens in full flow. */
    private interface Disturbance {
        /** Returns the process that goes on. */
        ForwarderProcess happen(ForwarderProcess forwarder, int round) throws Exception;
    }

    private void run(Map<String, String> settings, Disturbance disturbance) throws Exception {
        if (OWN_RIGHTS) {
            kafka.grantOwn(TOPICS.prefix());
        }
        try (Admin admin = Admin.create(Map.copyOf(admin()))) {
            TopicCreation.create(admin, TOPICS.specs(3, Duration.ofDays(35)));
        }
        Set<String> published = new HashSet<>();
        long repeats = 0;
        ForwarderProcess forwarder = startForwarder(0, settings);
        Map<String, Object> publishing = new HashMap<>(service());
        publishing.put("schema.registry.url", registry.url());
        publishing.put("publish.max.block.ms", PATIENCE.toMillis());
        try (UsagePublisher publisher = UsagePublisher.create(publishing)) {
            for (int account = 0; account < ACCOUNTS; account++) {
                publisher.linkCustomer("acct-" + account, CustomerRef.externalId("acct_1"));
            }
            for (int round = 1; round <= ROUNDS; round++) {
                List<CompletableFuture<PublishReceipt>> receipts = new ArrayList<>();
                for (int i = 0; i < EVENTS_PER_ROUND; i++) {
                    UsageEvent event = event(published.size());
                    published.add(event.id().toString());
                    receipts.add(publisher.publish(event));
                    if (i % 50 == 0) {
                        repeats++;
                        receipts.add(publisher.publish(event));
                    }
                }
                CompletableFuture.allOf(receipts.toArray(CompletableFuture[]::new))
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

                int inFullFlow = published.size() - EVENTS_PER_ROUND * 3 / 4;
                assertThat(arrived(forwarder, inFullFlow)).isTrue();
                forwarder = disturbance.happen(forwarder, round);
            }
            assertThat(arrived(forwarder, published.size()))
                    .describedAs(
                            "all at Credyt; it has %s of %s", credyt.stats().events(), published.size())
                    .isTrue();
            await().atMost(PATIENCE).untilAsserted(() -> {
                LedgerBalance books = books();
                assertThat(books.total(LedgerBalance.DELIVERY, LedgerCounter.DELIVERED))
                        .isEqualTo(published.size());
                assertThat(books.findings()).isEmpty();
            });
            stop(forwarder);
        } finally {
            forwarder.close();
        }

        assertThat(new HashSet<>(credyt.eventIds())).isEqualTo(published);
        assertThat(credyt.stats().conflictingContent()).isZero();
        assertThat(receipts()).doesNotHaveDuplicates().hasSize(published.size());
        LedgerBalance books = books();
        assertThat(books.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED)).isEqualTo(published.size() + repeats);
        assertThat(books.total(LedgerBalance.ADMISSION, LedgerCounter.ADMITTED)).isEqualTo(published.size());
        assertThat(books.total(LedgerBalance.ADMISSION, LedgerCounter.DUPLICATE))
                .isEqualTo(repeats);
        assertThat(books.inFlight()).isZero();
    }

    private static UsageEvent event(int number) {
        return UsageEvent.of("chat_completed")
                .id(EventId.derive("restart", number))
                .account("acct-" + number % ACCOUNTS)
                .data("input_tokens", number)
                .data("output_tokens", 1)
                .cost(Cost.of("openai", new BigDecimal("0.0001"), "USD"));
    }

    private ForwarderProcess startForwarder(int number, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(more);
        service().forEach((key, value) -> settings.put("kafka." + key, value));
        settings.put("schema.registry.url", registry.url());
        settings.put("credyt.url", credyt.url().toString());
        settings.put("credyt.api.key", "test");
        settings.put("state.dir", folder.resolve("state").toString());
        settings.put("stop.timeout", "1m");
        return ForwarderProcess.launch(folder.resolve("forwarder-" + number + ".log"), settings);
    }

    private static void stop(ForwarderProcess forwarder) throws Exception {
        assertThat(forwarder.terminate(PATIENCE))
                .describedAs("ends after SIGTERM%n%s", forwarder.log())
                .hasValueSatisfying(code -> assertThat(code).isIn(0, SIGTERM_EXIT));
    }

    private LedgerBalance books() {
        return LedgerBalance.of(new LedgerReader(TOPICS, admin(), serde).read(PATIENCE));
    }

    private List<String> receipts() {
        List<String> ids = new ArrayList<>();
        try (Deserializer<Receipt> deserializer = AvroSerdes.valueDeserializer(serde, Receipt.class)) {
            new TopicReader(admin())
                    .read(
                            TOPICS.receipts(),
                            record -> ids.add(deserializer
                                    .deserialize(record.topic(), record.value())
                                    .getEventId()));
        }
        return ids;
    }
}

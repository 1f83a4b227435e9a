package io.usageflow.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.producer.SpendCheck.Decision;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.AssetBalance;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.serde.AvroSerdes;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link Balances} over a topic with all that may be in it. */
class BalancesTopicIT extends PublisherFixture {
    private static final CredytReference ACME = new CredytReference(ReferenceKind.EXTERNAL_ID, "acme", null);

    @AutoClose
    private static SchemaRegistryServer registry = SchemaRegistryServer.start(0);

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void connect() {
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void disconnect() {
        producer.close(Duration.ZERO);
    }

    @Override
    String registryUrl() {
        return registry.url();
    }

    @Test
    void shouldHoldTheNewestBalancesWhateverElseIsInTheTopic() {
        write("a", balance("a", "5", "1"));
        write("a", balance("a", "7", "2"));
        write("b", balance("b", "1", "0"));
        write("b", (byte[]) null);
        write("c", "rubbish".getBytes(UTF_8));
        write("c", bytes(topics.customerLinks(), new CustomerLink("c", ACME, now.truncatedTo(ChronoUnit.MILLIS))));
        write("c", balance("another", "100", "0"));
        write("d", balance("d", "3", "0"));
        producer.flush();
        Balances closed;
        try (Balances balances = open()) {
            await().atMost(LONG).until(() -> balances.status().loaded());

            assertThat(left(balances, "a")).isEqualByComparingTo("5");
            assertThat(answer(balances, "b")).isEqualTo(Decision.UNKNOWN);
            assertThat(answer(balances, "c")).isEqualTo(Decision.UNKNOWN);
            assertThat(left(balances, "d")).isEqualByComparingTo("3");
            assertThat(balances.status()).isEqualTo(new BalancesStatus(true, 2, 100_000, 0, 3, Optional.empty()));

            write("a", balance("a", "50", "0"));
            await().atMost(LONG).until(() -> left(balances, "a").compareTo(new BigDecimal("50")) == 0);
            closed = balances;
        }
        assertThat(left(closed, "a")).as("the last state stays").isEqualByComparingTo("50");
    }

    @Test
    void shouldWaitForATopicThatComesLater() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
                Balances balances = topicless(admin)) {
            await().atMost(LONG)
                    .until(() -> balances.status().hindrance().orElse("").contains("usageflow topics apply"));

            awaitTopics();
            write("a", balance("a", "5", "0"));

            await().atMost(LONG).until(() -> answer(balances, "a") == Decision.ALLOWED);
            assertThat(balances.status().hindrance()).isEmpty();
        }
    }

    private Balances topicless(Admin admin) throws Exception {
        admin.deleteTopics(admin.listTopics().names().get().stream()
                        .filter(name -> name.startsWith(topics.prefix()))
                        .toList())
                .all()
                .get();
        await().atMost(LONG).until(() -> !admin.listTopics().names().get().contains(topics.balances()));
        return open();
    }

    private Balances open() {
        return Balances.create(Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "schema.registry.url", registryUrl(),
                "topics.prefix", topics.prefix()));
    }

    private static Decision answer(Balances balances, String account) {
        return balances.canSpend(account, "USD", BigDecimal.ONE).decision();
    }

    private static BigDecimal left(Balances balances, String account) {
        return balances.canSpend(account, "USD", BigDecimal.ZERO).left().orElse(BigDecimal.ZERO);
    }

    private byte[] balance(String account, String available, String onItsWay) {
        return bytes(
                topics.balances(),
                new AccountBalance(
                        account,
                        ACME,
                        "cust_1",
                        now,
                        Map.of("USD", new AssetBalance(decimal(available), decimal(onItsWay))),
                        1L,
                        true));
    }

    private static BigDecimal decimal(String text) {
        return new BigDecimal(text).setScale(18);
    }

    private byte[] bytes(String topic, SpecificRecord value) {
        try (var serializer = AvroSerdes.valueSerializer(Map.of("schema.registry.url", registryUrl()))) {
            return serializer.serialize(topic, value);
        }
    }

    private void write(String account, byte @Nullable [] value) {
        producer.send(new ProducerRecord<>(topics.balances(), account.getBytes(UTF_8), value));
    }
}

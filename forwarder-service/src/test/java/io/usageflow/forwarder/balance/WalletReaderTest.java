package io.usageflow.forwarder.balance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.config.BalanceSettings;
import io.usageflow.forwarder.config.BalanceSettings.Timing;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.credyt.lookup.CredytQueries;
import io.usageflow.forwarder.credyt.lookup.CredytQueries.CredytUnreachableException;
import io.usageflow.forwarder.links.Link.Reference;
import io.usageflow.schema.AccountBalance;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.serde.AvroSerdes;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class WalletReaderTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00.123456789Z");
    private static final Map<String, String> REGISTRY = Map.of("schema.registry.url", "mock://wallets");
    private static final Reference ACME = new Reference(ReferenceKind.EXTERNAL_ID, "acme");
    private static final String LOOKUP = "/customers?external_id=acme";
    private static final String WALLET = "/customers/cust_1/wallet";

    private final Map<String, Answer> answers = new HashMap<>();
    private final List<String> asked = new ArrayList<>();
    private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    private final BalanceSettings settings = new BalanceSettings(
            true,
            5,
            new Timing(Duration.ofSeconds(2), Duration.ofMinutes(1), Duration.ofMinutes(30)),
            100,
            Map.of("USD", new BigDecimal("5")),
            "");
    private final WalletSchedule schedule = new WalletSchedule(settings.timing(), 100);
    private final UndeliveredEvents undelivered = new UndeliveredEvents(100);
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final WalletReader reader = new WalletReader(
            "usage.balances",
            settings,
            schedule,
            undelivered,
            (partition, now) -> partition == 2,
            producer,
            AvroSerdes.valueSerializer(REGISTRY),
            new BalanceMeters(meters, schedule, settings.low().keySet(), clock),
            clock);

    WalletReaderTest() {
        answers.put(LOOKUP, json(200, "{\"id\": \"cust_1\", \"external_id\": \"acme\"}"));
        answers.put(WALLET, wallet("12.5"));
    }

    @Test
    void shouldWriteTheWalletAndWhatWasOnItsWay() throws InterruptedException {
        undelivered.add(2, 1, "a", Optional.of(Map.of("USD", new BigDecimal("8.25"))));
        schedule.seen("a", 2, ACME, NOW);

        assertThat(reader.step(queries())).isTrue();

        ProducerRecord<byte[], byte[]> record = producer.history().get(0);
        assertThat(record.partition()).isEqualTo(2);
        assertThat(new String(record.key(), UTF_8)).isEqualTo("a");
        AccountBalance balance = balance(record);
        assertThat(balance.getAccountId()).isEqualTo("a");
        assertThat(balance.getCustomerId()).isEqualTo("cust_1");
        assertThat(balance.getReadAt()).isEqualTo(Instant.parse("2026-11-30T12:00:00.123456Z"));
        assertThat(balance.getAssets()).containsOnlyKeys("USD", "credits");
        assertThat(balance.getAssets().get("USD").getAvailable()).isEqualByComparingTo("12.5");
        assertThat(balance.getAssets().get("USD").getOnItsWay()).isEqualByComparingTo("8.25");
        assertThat(balance.getAssets().get("credits").getOnItsWay()).isEqualByComparingTo("0");
        assertThat(balance.getUndeliveredEvents()).isEqualTo(1);
        assertThat(balance.getOnItsWayComplete()).isTrue();
        assertThat(gauge("usageflow.balances.low")).as("4.25 are left").isEqualTo(1);
        assertThat(reader.step(queries())).as("nothing else is due").isFalse();
    }

    @Test
    void shouldSayWhenTheEstimateIsTooLow() throws InterruptedException {
        undelivered.add(2, 1, "a", Optional.empty());
        schedule.seen("a", 2, ACME, NOW);
        schedule.seen("b", 3, ACME, NOW);

        reader.step(queries());

        assertThat(producer.history())
                .extracting(record -> balance(record).getOnItsWayComplete())
                .as("a fee is not known; a partition is not read to its end")
                .containsExactly(false, false);
    }

    @Test
    void shouldAskForACustomerOnceAndForTheWalletOfAccountsThatShareOneOnce() throws InterruptedException {
        schedule.seen("a", 2, ACME, NOW);
        schedule.seen("b", 2, ACME, NOW);
        reader.step(queries());
        schedule.linked("a", 2, new Reference(ReferenceKind.EXTERNAL_ID, "x"), NOW, NOW);
        schedule.linked("a", 2, ACME, NOW, NOW);

        reader.step(queries());

        assertThat(asked).containsExactly(LOOKUP, WALLET, WALLET);
    }

    @Test
    void shouldNotAskForAnIdThatItHas() throws InterruptedException {
        schedule.seen("a", 2, new Reference(ReferenceKind.CREDYT_ID, "cust_1"), NOW);

        reader.step(queries());

        assertThat(asked).containsExactly(WALLET);
        assertThat(producer.history()).hasSize(1);
    }

    @Test
    void shouldCountTheDefaultAccountExactly() throws InterruptedException {
        answers.put(WALLET, json(200, """
                {"accounts": [
                  {"name": "Default", "asset": "USD", "available": -0.1234567890123456789},
                  {"name": "promo", "asset": "USD", "available": 100},
                  {"asset": "credits", "available": 1e3},
                  {"name": "default", "asset": "huge", "available": 1e30},
                  {"name": "default", "asset": "text", "available": "5"}]}"""));
        schedule.seen("a", 2, ACME, NOW);

        reader.step(queries());

        AccountBalance balance = balance(producer.history().get(0));
        assertThat(balance.getAssets()).containsOnlyKeys("USD", "credits");
        assertThat(balance.getAssets().get("USD").getAvailable())
                .as("rounded down")
                .isEqualByComparingTo("-0.123456789012345679");
        assertThat(balance.getAssets().get("credits").getAvailable()).isEqualByComparingTo("1000");
    }

    @Test
    void shouldRemoveABalanceWithoutACustomer() throws InterruptedException {
        schedule.seen("a", 2, ACME, NOW);
        reader.step(queries());
        answers.put(WALLET, json(404, ""));
        schedule.delivered("a", NOW.minusSeconds(2));

        reader.step(queries());

        assertThat(producer.history()).hasSize(2);
        assertThat(producer.history().get(1).value()).isNull();
        assertThat(count("no_customer")).isEqualTo(1);
    }

    @Test
    void shouldKeepOldBalancesWhileCredytIsAway() throws InterruptedException {
        schedule.seen("a", 2, ACME, NOW);
        reader.step(queries());
        answers.put(WALLET, new Answer.Failure(false, "refused"));
        schedule.delivered("a", NOW.minusSeconds(2));

        CredytQueries away = queries();
        assertThatThrownBy(() -> reader.step(away)).isInstanceOf(CredytUnreachableException.class);

        assertThat(producer.history()).as("nothing is written over it").hasSize(1);
        assertThat(count("away")).isEqualTo(1);
        assertThat(schedule.take(1, NOW.plusSeconds(60))).as("due again").hasSize(1);
    }

    @Test
    void shouldReadAgainWhatKafkaDidNotTake() throws InterruptedException {
        schedule.seen("a", 2, ACME, NOW);
        producer.sendException = new org.apache.kafka.common.errors.TimeoutException("full");

        assertThatThrownBy(() -> reader.step(queries())).hasMessage("full");

        producer.sendException = null;
        assertThat(schedule.take(1, NOW.plusSeconds(60))).hasSize(1);
    }

    @Test
    void shouldRemoveForgottenBalances() throws InterruptedException {
        schedule.seen("a", 2, ACME, NOW);
        reader.step(queries());

        schedule.unlinked("a");
        reader.step(queries());

        assertThat(producer.history()).hasSize(2);
        assertThat(producer.history().get(1).value()).isNull();
    }

    private CredytQueries queries() {
        return new CredytQueries(
                (path, account) -> {
                    asked.add(path);
                    return CompletableFuture.completedFuture(answers.getOrDefault(path, json(404, "")));
                },
                10_000,
                clock,
                () -> false);
    }

    private double count(String result) {
        return meters.get("usageflow.balances.readings")
                .tag("result", result)
                .counter()
                .count();
    }

    private double gauge(String name) {
        return meters.get(name).tag("asset", "USD").gauge().value();
    }

    private static AccountBalance balance(ProducerRecord<byte[], byte[]> record) {
        try (var deserializer = AvroSerdes.valueDeserializer(REGISTRY, AccountBalance.class)) {
            return deserializer.deserialize(record.topic(), record.value());
        }
    }

    private static Answer wallet(String dollars) {
        return json(
                200,
                "{\"accounts\": [{\"id\": \"default:USD\", \"name\": \"default\", \"asset\": \"USD\", \"available\": "
                        + dollars
                        + "}, {\"id\": \"default:credits\", \"name\": \"default\", \"asset\": \"credits\","
                        + " \"available\": 7}]}");
    }

    private static Answer json(int status, String body) {
        return new Answer.Response(status, Map.of("content-type", "application/json"), body, false);
    }
}

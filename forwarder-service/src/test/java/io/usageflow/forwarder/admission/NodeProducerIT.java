package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.producer.EventId;
import io.usageflow.schema.Cost;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.JsonValue;
import io.usageflow.schema.Source;
import io.usageflow.schema.UsageEvent;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service in another language, with its own Kafka and registry client: the sample of docs/other-languages publishes,
 * and admission cannot tell it from the Java library.
 */
class NodeProducerIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int EVENTS = 100;
    /** 2^53 + 1, which JavaScript's own JSON parser rounds. */
    private static final long BEYOND_DOUBLE = 9_007_199_254_740_993L;

    /** With microseconds, which JavaScript's Date does not have. */
    @SuppressWarnings("TimeInStaticInitializer") // all tests send the same event
    private static final Instant NOW =
            Instant.now().truncatedTo(ChronoUnit.MILLIS).plus(7, ChronoUnit.MICROS);

    private final ObjectMapper json = new ObjectMapper();

    @TempDir
    Path folder;

    private static String account(int number) {
        return List.of("acct_", "kündin-", "顧客-", "😀").get(number % 4) + number;
    }

    /** Exact in decimal, and in no double. */
    private static BigDecimal amount(int number) {
        return new BigDecimal("12345678901.000000000000000001").add(BigDecimal.valueOf(number, 18));
    }

    private static UsageEvent expected(int number) {
        Map<String, Object> data = new HashMap<>();
        data.put("model", "gpt-4 ü");
        data.put("total_tokens", 1_500L + number);
        data.put("ratio", new BigDecimal("0.100000000000000000"));
        data.put("cached", false);
        data.put("nothing", null);
        data.put("tags", new JsonValue("[\"a\",{\"b\":1,\"c\":" + BEYOND_DOUBLE + "}]"));
        data.put("characters", BEYOND_DOUBLE);
        return UsageEvent.newBuilder()
                .setId(EventId.derive("message", account(number), number).value())
                .setEventType("message_completed")
                .setOccurredAt(NOW)
                .setAccountId(account(number))
                .setCustomerExternalId("customer of " + account(number))
                .setSubject("chat_" + number)
                .setData(data)
                .setCosts(List.of(Cost.newBuilder()
                        .setVendor("openai")
                        .setAmount(amount(number))
                        .setCurrency("USD")
                        .setMetadata(Map.of("region", "eu"))
                        .build()))
                .setSource(new Source("node-sample", null, null))
                .build();
    }

    private String line(int number, String currency) throws Exception {
        Map<String, Object> data = new HashMap<>();
        data.put("model", "gpt-4 ü");
        data.put("total_tokens", 1_500 + number);
        data.put("ratio", 0.1);
        data.put("cached", false);
        data.put("nothing", null);
        data.put("tags", List.of("a", new TreeMap<>(Map.of("b", 1, "c", BEYOND_DOUBLE))));
        data.put("characters", BEYOND_DOUBLE);
        return json.writeValueAsString(Map.of(
                        "derive",
                        List.of("message", account(number), Integer.toString(number)),
                        "event_type",
                        "message_completed",
                        "occurred_at",
                        NOW.toString(),
                        "account_id",
                        account(number),
                        "customer_external_id",
                        "customer of " + account(number),
                        "subject",
                        "chat_" + number,
                        "data",
                        data,
                        "costs",
                        List.of(Map.of(
                                "vendor",
                                "openai",
                                "amount",
                                amount(number).toPlainString(),
                                "currency",
                                currency,
                                "metadata",
                                Map.of("region", "eu"))),
                        "traceparent",
                        "00-" + number))
                + "\n";
    }

    @Test
    void shouldAdmitWhatANodeServicePublishesOnceAndToTheDigit() throws Exception {
        NodeClient node = NodeClient.installed();
        NodeClient.Ran checked = node.run(
                "",
                "check.mjs",
                Path.of("..", "docs", "other-languages", "vectors.json")
                        .toAbsolutePath()
                        .toString());
        assertThat(checked.exitCode()).as(checked.out() + checked.err()).isZero();

        var input = new StringBuilder();
        for (int copy = 0; copy < 2; copy++) {
            for (int number = 0; number < EVENTS; number++) {
                input.append(line(number, "USD"));
            }
        }
        input.append(line(EVENTS, "EURO"));
        try (SchemaRegistryServer registry = SchemaRegistryServer.start(0);
                AdmissionCluster cluster = new AdmissionCluster(registry.url())) {
            register(registry);
            Admission admission = cluster.admission(folder);
            admission.start();

            NodeClient.Ran ran = node.run(input.toString(), "publish.mjs", cluster.bootstrapServers(), registry.url());

            assertThat(ran.exitCode()).as(ran.out() + ran.err()).isZero();
            assertThat(ran.out().lines()).hasSize(3);
            assertThat(cluster.read(TOPICS.events())).hasSize(2 * EVENTS + 1).allSatisfy(NodeProducerIT::assertAtHome);
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
                LedgerBalance ledger = LedgerBalance.of(cluster.ledger().read(LIMIT));
                assertThat(ledger.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED))
                        .isEqualTo(2 * EVENTS + 1);
                assertThat(ledger.total(LedgerBalance.ADMISSION, LedgerCounter.DUPLICATE))
                        .isEqualTo(EVENTS);
            });
            admission.close(Duration.ofSeconds(20));
            assertAdmitted(cluster);
            byte[] ours = cluster.encode(TOPICS.events(), expected(0));
            byte[] theirs = cluster.read(TOPICS.events()).get(0).value();
            assertThat(Arrays.copyOf(ours, 5))
                    .as("magic and id: one schema for all")
                    .isEqualTo(Arrays.copyOf(theirs, 5));
            assertThat(cluster.read(TOPICS.deadLetters()))
                    .extracting(
                            letter -> cluster.decode(letter, DeadLetter.class).getReason())
                    .containsExactly("INVALID_CURRENCY");
        }
    }

    /** As docs/other-languages.md tells operators to, where no Java service has done it. */
    private void register(SchemaRegistryServer registry) throws Exception {
        String schema = Files.readString(Path.of("..", "schemas", "src", "main", "avro", "UsageEvent.avsc"));
        var request = HttpRequest.newBuilder(URI.create(registry.url() + "/subjects/usage.events-value/versions"))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(Map.of("schema", schema))))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private static void assertAtHome(ConsumerRecord<byte[], byte[]> record) {
        assertThat(record.partition())
                .as(new String(record.key(), UTF_8))
                .isEqualTo(BuiltInPartitioner.partitionForKey(record.key(), AdmissionCluster.PARTITIONS));
    }

    private void assertAdmitted(AdmissionCluster cluster) {
        Map<String, UsageEvent> expected = new HashMap<>();
        IntStream.range(0, EVENTS)
                .mapToObj(NodeProducerIT::expected)
                .forEach(event -> expected.put(event.getId(), event));
        List<ConsumerRecord<byte[], byte[]>> admitted = cluster.read(TOPICS.deliverable());
        assertThat(admitted).hasSize(EVENTS).allSatisfy(record -> {
            DeliverableEvent deliverable = cluster.decode(record, DeliverableEvent.class);
            UsageEvent event =
                    cluster.decode(TOPICS.events(), deliverable.getEvent().array(), UsageEvent.class);
            assertThat(event).isEqualTo(expected.remove(event.getId()));
            assertThat(deliverable.getCredytEventId()).isEqualTo(event.getId());
            assertThat(deliverable.getCustomer().getValue()).isEqualTo("customer of " + event.getAccountId());
            assertThat(record.key()).isEqualTo(event.getAccountId().getBytes(UTF_8));
            assertThat(record.headers().lastHeader("traceparent").value())
                    .asString(UTF_8)
                    .startsWith("00-");
        });
        assertThat(expected).isEmpty();
    }
}

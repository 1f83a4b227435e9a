package io.usageflow.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.schema.CustomerLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The publisher with a spool, before a real broker and a real registry. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SpoolIT extends PublisherFixture {

    @AutoClose
    private static SchemaRegistryServer registry = SchemaRegistryServer.start(0);

    @TempDir
    Path folder;

    @Override
    String registryUrl() {
        return registry.url();
    }

    @Override
    UsagePublisher publisher(Map<String, ?> more) {
        Map<String, Object> settings = new HashMap<>(Map.of("spool.dir", folder));
        settings.putAll(more);
        settings.replaceAll((key, value) -> value instanceof Path path ? path.toString() : value);
        return super.publisher(settings);
    }

    @Test
    void shouldKeepEventsOverARestartWhileKafkaAndTheRegistryAreAwayAndDrainThemInOrder() throws Exception {
        broker.stop();
        UsagePublisher before = publisher(
                Map.of("schema.registry.url", "http://" + NOBODY, "max.retries", 0, "spool.alert.age.ms", 1_000));

        CompletableFuture<LinkReceipt> link = before.linkCustomer("acct-1", CustomerRef.externalId("user-1"));
        List<CompletableFuture<PublishReceipt>> futures = IntStream.range(0, 500)
                .mapToObj(
                        i -> before.publish(event("acct-" + i % 7).data("n", i).traceparent(TRACE)))
                .toList();

        assertThat(before.flush(LONG).isEmpty())
                .as("durable, with nobody there")
                .isTrue();
        assertThat(futures).allSatisfy(future -> assertThat(future).isCompleted());
        PublishReceipt receipt = futures.get(0).get();
        assertThat(receipt.isSpooled()).isTrue();
        assertThat(receipt.topic()).isEqualTo(topics.events());
        assertThat(receipt.offset()).isEqualTo(-1);
        assertThat(link.get().isSpooled()).isTrue();
        SpoolStatus waiting = before.spool().orElseThrow();
        assertThat(waiting.events()).isEqualTo(501);
        assertThat(waiting.bytes()).isBetween(1_000L, 1_000_000L);
        Awaitility.await()
                .atMost(LONG)
                .until(() -> before.spool().orElseThrow().oldestAt().isPresent());
        assertThat(before.close(Duration.ZERO).isEmpty())
                .as("what is on disk is not undelivered")
                .isTrue();

        awaitTopics();
        UsagePublisher after = publisher(Map.of());
        assertThat(after.publish(event("acct-1").data("n", 500))).succeedsWithin(LONG);
        awaitDrained(after);

        List<ConsumerRecord<byte[], byte[]>> events = read(topics.events(), 501);
        assertThat(numbersByAccount(events)).hasSize(7);
        assertThat(numbersByAccount(events).values())
                .allSatisfy(numbers -> assertThat(numbers).isSorted().doesNotHaveDuplicates());
        assertThat(events.get(0).headers().lastHeader("traceparent").value())
                .asString(UTF_8)
                .isEqualTo(TRACE);
        assertThat(decoded(read(topics.customerLinks(), 1).get(0), CustomerLink.class)
                        .getCustomer()
                        .getValue())
                .isEqualTo("user-1");
        assertThat(after.close(LONG).isEmpty()).isTrue();
        try (var files = Files.walk(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".log")).toList())
                    .as("nothing is kept that Kafka has")
                    .isEmpty();
        }
    }

    @Test
    void shouldCarryEventsOverAnOutageOfTheBroker() {
        UsagePublisher publisher = publisher(Map.of());
        publish(publisher, 0, 100);
        awaitDrained(publisher);
        broker.stop();
        publish(publisher, 100, 200);
        assertThat(publisher.flush(LONG).isEmpty()).isTrue();
        assertThat(publisher.spool().orElseThrow().events()).isEqualTo(200);

        broker.resume();

        awaitDrained(publisher);
        assertThat(numbersByAccount(read(topics.events(), 300)).values())
                .allSatisfy(numbers -> assertThat(numbers).isSorted().doesNotHaveDuplicates());
        Awaitility.await()
                .atMost(LONG)
                .until(() -> publisher.spool().orElseThrow().oldestAt().isEmpty());
    }

    @Test
    void shouldRefuseWhenTheSpoolIsFullAndTakeEventsAgainWhenKafkaIsBack() {
        broker.stop();
        UsagePublisher publisher =
                publisher(Map.of("spool.max.bytes", 1 << 20, "max.in.flight.requests.per.connection", 1));
        List<CompletableFuture<PublishReceipt>> futures = new ArrayList<>();
        CompletableFuture<PublishReceipt> last;
        do {
            last = publisher.publish(event("acct").data("text", "x".repeat(5_000)));
            futures.add(last);
            assertThat(futures).as("1 MiB holds no 300 such events").hasSizeLessThan(300);
        } while (!last.isCompletedExceptionally());

        assertThat(last)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(SpoolFullException.class)
                .withMessageContaining("spool.max.bytes (1048576)");
        assertThat(publisher.spool().orElseThrow().refused()).isEqualTo(1);
        assertThat(publisher.statistics().refused(RefusalReason.SPOOL_FULL)).isEqualTo(1);
        futures.remove(futures.size() - 1);
        futures.forEach(future -> assertThat(future).succeedsWithin(LONG));

        broker.resume();
        awaitDrained(publisher);
        assertThat(publisher.publish(event("acct"))).succeedsWithin(LONG);
        assertThat(read(topics.events(), futures.size() + 1)).hasSize(futures.size() + 1);
    }

    @Test
    void shouldSetAsideWhatTheTopicWillNeverTakeAndSendTheRest() throws Exception {
        UsagePublisher publisher = publisher(Map.of("compression.type", "none"));
        publish(publisher, 0, 10);
        awaitDrained(publisher);
        topicTakes(10_000);
        publish(publisher, 10, 10);
        assertThat(publisher.publish(event("acct-0")
                        .id("too-large")
                        .data("text", "x".repeat(8_000))
                        .data("more", "y".repeat(8_000))))
                .succeedsWithin(LONG);
        publish(publisher, 20, 10);

        awaitDrained(publisher);

        assertThat(read(topics.events(), 30)).hasSize(30);
        assertThat(numbersByAccount(read(topics.events(), 30)).values())
                .allSatisfy(numbers -> assertThat(numbers).isSorted().doesNotHaveDuplicates());
        assertThat(publisher.spool().orElseThrow().setAside()).isEqualTo(1);
        publisher.close(LONG);
        topicTakes(1_000_000);
        Path aside;
        try (var files = Files.list(folder.resolve("events/set-aside"))) {
            aside = files.findFirst().orElseThrow();
        }

        Files.move(aside, folder.resolve("events").resolve(aside.getFileName()));
        UsagePublisher after = publisher(Map.of());
        awaitDrained(after);

        assertThat(read(topics.events(), 31)).anySatisfy(record -> assertThat(
                        decoded(record, io.usageflow.schema.UsageEvent.class).getId())
                .isEqualTo("too-large"));
    }

    @Test
    void shouldRefuseADirectoryThatIsInUseOrNone() throws IOException {
        publisher(Map.of());

        assertThatThrownBy(() -> publisher(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("spool.dir")
                .hasMessageContaining("another publisher of this process")
                .hasMessageContaining("its own directory");
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> publisher(Map.of("spool.dir", file)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("spool.dir is " + file + ", which is a file. Use a directory");
        assertThatThrownBy(() -> publisher(Map.of("spool.dir", file.resolve("below"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Use a directory that this process may write to");
        open.remove(0).close(Duration.ZERO);
        publisher(Map.of());
    }

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private void topicTakes(int bytesMax) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, topics.events());
            AlterConfigOp op = new AlterConfigOp(
                    new ConfigEntry("max.message.bytes", Integer.toString(bytesMax)), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(topic, List.of(op))).all().get(60, TimeUnit.SECONDS);
        }
    }

    private static void publish(UsagePublisher publisher, int from, int count) {
        IntStream.range(from, from + count)
                .forEach(i -> publisher.publish(event("acct-" + i % 7).data("n", i)));
    }

    private static void awaitDrained(UsagePublisher publisher) {
        assertThat(publisher.flush(LONG).isEmpty()).isTrue();
        Awaitility.await()
                .atMost(LONG)
                .until(() -> publisher.spool().orElseThrow().events() == 0);
    }
}

package io.usageflow.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.schema.CustomerLink;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.VendorLink;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 4, unit = TimeUnit.MINUTES)
class PublisherIT extends PublisherFixture {

    private final String scope = UUID.randomUUID().toString();

    @Override
    String registryUrl() {
        return "mock://" + scope;
    }

    @AfterEach
    void dropRegistry() {
        InMemorySchemaRegistry.dropScope(scope);
    }

    @Test
    void shouldAnswerWithWhereTheEventStands() throws Exception {
        UsagePublisher publisher = publisher(Map.of("service.name", "chat", "service.instance", "chat-1"));
        EventId id = EventId.derive("message", 42);
        Instant before = Instant.now();

        PublishReceipt receipt = publisher
                .publish(UsageEvent.of("message_completed")
                        .id(id)
                        .account("acct_42")
                        .subject("chat_9")
                        .data("model", "gpt-4")
                        .data("total_tokens", 1500)
                        .cost(Cost.of("openai", new BigDecimal("0.0161"), "USD"))
                        .traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
                .get(90, TimeUnit.SECONDS);

        assertThat(receipt.eventId()).isEqualTo(id.value());
        assertThat(receipt.topic()).isEqualTo(topics.events());
        assertThat(receipt.offset()).isZero();
        assertThat(receipt.timestamp()).isBetween(before.minusSeconds(1), Instant.now());
        ConsumerRecord<byte[], byte[]> record = read(topics.events(), 1).get(0);
        assertThat(record.partition()).isEqualTo(receipt.partition());
        assertThat(record.key()).asString(UTF_8).isEqualTo("acct_42");
        assertThat(record.headers().lastHeader("traceparent").value())
                .asString(UTF_8)
                .startsWith("00-0af7651916cd43dd8448eb211c80319c");
        io.usageflow.schema.UsageEvent event = decoded(record, io.usageflow.schema.UsageEvent.class);
        assertThat(event.getId()).isEqualTo(id.value());
        assertThat(event.getData()).isEqualTo(Map.of("model", "gpt-4", "total_tokens", 1500L));
        assertThat(event.getCosts().get(0).getAmount()).isEqualByComparingTo("0.0161");
        assertThat(event.getSource().getService()).isEqualTo("chat");
        assertThat(event.getSource().getInstance()).isEqualTo("chat-1");
    }

    @Test
    void shouldKeepAnAccountsOrderFromTheVeryFirstEvent() {
        UsagePublisher publisher = publisher(Map.of());
        int events = 3_000;

        List<CompletableFuture<PublishReceipt>> futures = IntStream.range(0, events)
                .mapToObj(i -> publisher.publish(event("acct-" + i % 7).data("n", i)))
                .toList();

        assertThat(futures).allSatisfy(future -> assertThat(future).succeedsWithin(LONG));
        Map<String, List<Long>> byAccount = numbersByAccount(read(topics.events(), events));
        assertThat(byAccount).hasSize(7);
        assertThat(byAccount.values()).allSatisfy(numbers -> assertThat(numbers).isSorted());
    }

    @Test
    void shouldNotWaitForABrokerThatNeverAnswersAndSendWhenOneIsThere() throws Exception {
        broker.stop();
        // Accepts connections on the broker's own port and says nothing: the worst kind of away.
        ServerSocket silent = new ServerSocket(broker.port(), 50, InetAddress.getLoopbackAddress());
        UsagePublisher publisher = publisher(Map.of(
                "socket.connection.setup.timeout.ms",
                1_000,
                "request.timeout.ms",
                2_000,
                "max.in.flight.requests.per.connection",
                1));

        List<CompletableFuture<PublishReceipt>> futures = IntStream.range(0, 100)
                .mapToObj(i -> publisher.publish(event("acct").data("n", i)))
                .toList();

        // Here this thread has come back from every call, although nobody has answered.
        assertThat(futures).noneMatch(CompletableFuture::isDone);
        silent.close();
        broker.resume();
        assertThat(futures).allSatisfy(future -> assertThat(future).succeedsWithin(LONG));
        assertThat(read(topics.events(), 100))
                .extracting(record -> decoded(record, io.usageflow.schema.UsageEvent.class)
                        .getData()
                        .get("n"))
                .containsExactlyElementsOf(LongRange.of(100));
    }

    @Test
    void shouldCarryEventsOverAnOutage() throws Exception {
        UsagePublisher publisher = publisher(Map.of());
        assertThat(publisher.publish(event("acct").data("n", 0))).succeedsWithin(LONG);
        broker.stop();

        List<CompletableFuture<PublishReceipt>> futures = IntStream.range(1, 50)
                .mapToObj(i -> publisher.publish(event("acct").data("n", i)))
                .toList();
        assertThat(futures).noneMatch(CompletableFuture::isDone);
        broker.resume();

        assertThat(futures).allSatisfy(future -> assertThat(future).succeedsWithin(LONG));
        assertThat(read(topics.events(), 50))
                .extracting(record -> decoded(record, io.usageflow.schema.UsageEvent.class)
                        .getData()
                        .get("n"))
                .containsExactlyElementsOf(LongRange.of(50));
    }

    @Test
    void shouldAnswerAtOnceWhenItsBufferIsFullBeforeKafkaIsKnown() {
        broker.stop();
        UsagePublisher publisher = publisher(Map.of("buffer.memory", 100_000, "batch.size", 10_000));

        List<CompletableFuture<PublishReceipt>> futures = publishUntilRefused(publisher);

        assertThat(catchThrowable(() -> futures.get(futures.size() - 1).get()))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(BufferFullException.class)
                .hasMessageContaining("buffer.memory (100000 bytes)");
        assertThat(futures.subList(0, futures.size() - 1)).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void shouldAnswerAtOnceWhenKafkasBufferIsFullAndDeliverTheRestAfterwards() {
        UsagePublisher publisher = publisher(Map.of("buffer.memory", 100_000, "batch.size", 10_000));
        assertThat(publisher.publish(event("acct"))).succeedsWithin(LONG);
        broker.stop();

        List<CompletableFuture<PublishReceipt>> futures = publishUntilRefused(publisher);
        assertThat(catchThrowable(() -> futures.get(futures.size() - 1).get()))
                .cause()
                .isInstanceOf(BufferFullException.class);
        broker.resume();

        assertThat(futures.subList(0, futures.size() - 1))
                .allSatisfy(future -> assertThat(future).succeedsWithin(LONG));
        assertThat(publisher.publish(event("acct"))).succeedsWithin(LONG);
    }

    @Test
    void shouldDropWhatFindsNoRoomAndSaySo() {
        UsagePublisher publisher = publisher(Map.of(
                "bootstrap.servers",
                NOBODY,
                "buffer.memory",
                100_000,
                "batch.size",
                10_000,
                "publish.on.full",
                "drop"));

        List<CompletableFuture<PublishReceipt>> futures = publishUntilRefused(publisher);

        assertThat(catchThrowable(() -> futures.get(futures.size() - 1).get()))
                .cause()
                .isInstanceOfSatisfying(
                        BufferFullException.class, e -> assertThat(e.reason()).isEqualTo(RefusalReason.DROPPED))
                .hasMessageContaining("was dropped, as publish.on.full says");
        PublisherStatistics statistics = publisher.statistics();
        assertThat(statistics.refused(RefusalReason.DROPPED)).isEqualTo(1);
        assertThat(statistics.inFlight()).isEqualTo(futures.size() - 1);
        assertThat(statistics.inFlightBytes()).isBetween(50_000L, 100_000L);
    }

    @Test
    void shouldThrowWhereTheCallerLooksAtNoFutures() {
        UsagePublisher publisher = publisher(Map.of(
                "bootstrap.servers",
                NOBODY,
                "buffer.memory",
                100_000,
                "batch.size",
                10_000,
                "publish.on.full",
                "throw"));

        assertThatThrownBy(() -> publishUntilRefused(publisher))
                .isInstanceOfSatisfying(
                        BufferFullException.class, e -> assertThat(e.reason()).isEqualTo(RefusalReason.BUFFER_FULL));

        assertThat(publisher.statistics().refused(RefusalReason.BUFFER_FULL)).isEqualTo(1);
    }

    @Test
    void shouldCountWhatBecomesOfAllAndBalance() {
        UsagePublisher publisher = publisher(Map.of());
        List<Long> latenciesNanos = Collections.synchronizedList(new ArrayList<>());
        publisher.statistics().onDurable(latenciesNanos::add);
        IntStream.range(0, 200).forEach(i -> publisher.publish(event("acct-" + i)));
        publisher.linkCustomer("acct-1", CustomerRef.externalId("u"));
        assertThatThrownBy(() -> publisher.publish(event(""))).isInstanceOf(InvalidUsageEventException.class);

        assertThat(publisher.flush(LONG).isEmpty()).isTrue();

        PublisherStatistics statistics = publisher.statistics();
        assertThat(statistics.published()).isEqualTo(202);
        assertThat(statistics.durable()).isEqualTo(201);
        assertThat(statistics.refused(RefusalReason.INVALID)).isEqualTo(1);
        assertThat(statistics.inFlight()).isZero();
        assertThat(statistics.inFlightBytes()).isZero();
        assertThat(latenciesNanos).hasSize(201).allSatisfy(nanos -> assertThat(nanos)
                .isBetween(1L, LONG.toNanos()));
    }

    @Test
    void shouldNeverLogWhatEventsHold() {
        try (LogCapture logs = LogCapture.ofEverything()) {
            broker.stop();
            UsagePublisher publisher = publisher(Map.of(
                    "buffer.memory",
                    100_000,
                    "batch.size",
                    10_000,
                    "delivery.timeout.ms",
                    1_000,
                    "request.timeout.ms",
                    500,
                    "linger.ms",
                    0));
            UsageEvent secret = event("acct")
                    .subject("chat-of-somebody")
                    .description("hush-description")
                    .data("prompt", "hush-text")
                    .data("nested", Map.of("name", List.of("hush-nested")))
                    .cost(Cost.of("vendor", BigDecimal.ONE, "USD")
                            .description("hush-cost")
                            .metadata("k", "hush-metadata"));
            publisher.publish(secret);
            publishUntilRefused(publisher);
            CompletableFuture<PublishReceipt> overdue = publisher.publish(secret);
            Awaitility.await().atMost(LONG).until(overdue::isDone);
            assertThatThrownBy(() -> publisher.publish(secret.data("prompt", "hush-text".repeat(1_000))))
                    .hasMessageContaining("data.prompt")
                    .hasMessageNotContaining("hush");
            broker.resume();
            assertThat(publisher(Map.of()).publish(secret.asNew())).succeedsWithin(LONG);
            publisher.close();

            assertThat(logs.text()).contains("reason=buffer_full").contains("org.apache.kafka");
            assertThat(logs.text()).doesNotContain("hush").doesNotContain("x".repeat(1_000));
        }
    }

    @Test
    void shouldWarnOfFreshIdsForTheSameUsageAfterFailures() {
        try (LogCapture logs = LogCapture.ofEverything()) {
            UsagePublisher publisher =
                    publisher(Map.of("bootstrap.servers", NOBODY, "buffer.memory", 100_000, "batch.size", 10_000));
            publishUntilRefused(publisher);

            for (int message = 0; message < 5; message++) {
                for (int attempt = 0; attempt < 2; attempt++) {
                    publisher.publish(event("acct").subject("chat").data("text", message + "x".repeat(1_000)));
                }
            }

            assertThat(publisher.statistics().suspectIds()).isEqualTo(5);
            assertThat(logs.lines("EventId.derive"))
                    .singleElement()
                    .asString()
                    .contains("event_type=message_completed")
                    .contains("publish.check.ids=false");
        }
    }

    @Test
    void shouldWaitForARegistryThatIsAwayWithoutMakingTheCallerWait() throws Exception {
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        int port = silent.getLocalPort();
        UsagePublisher publisher = publisher(Map.of(
                "schema.registry.url", "http://127.0.0.1:" + port, "http.read.timeout.ms", 500, "max.retries", 0));

        List<CompletableFuture<PublishReceipt>> futures = IntStream.range(0, 20)
                .mapToObj(i -> publisher.publish(event("acct").data("n", i)))
                .toList();
        assertThat(futures).noneMatch(CompletableFuture::isDone);

        silent.close();
        try (SchemaRegistryServer registry = SchemaRegistryServer.start(port)) {
            assertThat(registry.url()).endsWith(":" + port);
            assertThat(futures).allSatisfy(future -> assertThat(future).succeedsWithin(LONG));
        }
        assertThat(read(topics.events(), 20)).hasSize(20);
        assertThat(publisher.publish(event("acct")))
                .as("a schema once known needs no registry")
                .succeedsWithin(LONG);
    }

    @Test
    void shouldReportOnClosingWhatIsNotDurable() {
        broker.stop();
        UsagePublisher publisher = publisher(Map.of());
        CompletableFuture<PublishReceipt> first =
                publisher.publish(event("acct").id("first"));
        CompletableFuture<PublishReceipt> second =
                publisher.publish(event("acct").id("second"));
        Undelivered stillThere = publisher.flush(Duration.ofMillis(50));
        assertThat(stillThere.ids()).containsExactly("first", "second");
        assertThat(stillThere.underWay()).isEqualTo(2);

        Undelivered undelivered = publisher.close(Duration.ofMillis(100));

        assertThat(undelivered)
                .isEqualTo(new Undelivered(2, List.of("first", "second"), Map.of(RefusalReason.ABANDONED, 2L)));
        assertThat(publisher.close(Duration.ZERO)).isEqualTo(undelivered);
        for (CompletableFuture<PublishReceipt> future : List.of(first, second)) {
            assertThat(catchThrowable(future::get)).cause().isInstanceOf(NotDurableException.class);
        }
        assertThat(catchThrowable(() -> publisher.publish(event("acct")).get()))
                .cause()
                .isInstanceOf(PublisherClosedException.class);
    }

    @Test
    void shouldReportOnClosingWhatKafkasClientStillHolds() {
        UsagePublisher publisher = publisher(Map.of());
        assertThat(publisher.publish(event("acct").id("durable"))).succeedsWithin(LONG);
        broker.stop();
        CompletableFuture<PublishReceipt> future =
                publisher.publish(event("acct").id("lost"));

        Undelivered undelivered = publisher.close(Duration.ofMillis(100));

        assertThat(undelivered).isEqualTo(new Undelivered(1, List.of("lost"), Map.of(RefusalReason.ABANDONED, 1L)));
        assertThat(catchThrowable(future::get)).cause().isInstanceOf(NotDurableException.class);
    }

    @Test
    void shouldNotLingerOnFlushAndHaveNothingToReportWhenAllIsDurable() {
        UsagePublisher publisher = publisher(Map.of("linger.ms", 600_000, "delivery.timeout.ms", 700_000));
        IntStream.range(0, 500).forEach(i -> publisher.publish(event("acct-" + i)));

        assertThat(publisher.flush(LONG).isEmpty()).as("flush does not linger").isTrue();
        assertThat(read(topics.events(), 500)).hasSize(500);
        assertThat(publisher.close(LONG).isEmpty()).isTrue();
    }

    @Test
    void shouldFailWithTheIdWhenTheTimeIsOver() {
        broker.stop();
        UsagePublisher publisher =
                publisher(Map.of("delivery.timeout.ms", 1_000, "request.timeout.ms", 500, "linger.ms", 0));

        CompletableFuture<PublishReceipt> future =
                publisher.publish(event("acct").id("late"));

        Awaitility.await().atMost(LONG).until(future::isDone);
        assertThat(catchThrowable(future::get))
                .cause()
                .isInstanceOfSatisfying(
                        NotDurableException.class, e -> assertThat(e.id()).isEqualTo("late"))
                .hasMessageContaining("delivery.timeout.ms (1000 ms)")
                .hasMessageContaining("same id is safe");
    }

    @Test
    void shouldWriteLinksAndTombstones() throws Exception {
        UsagePublisher publisher = publisher(Map.of());

        publisher.linkCustomer("acct_1", CustomerRef.externalId("user_1"));
        LinkReceipt unlinked = publisher.unlinkCustomer("acct_1").get(90, TimeUnit.SECONDS);
        publisher.unlinkVendor("openai");
        LinkReceipt linked =
                publisher.linkVendor("openai", VendorRef.credytId("vnd_1")).get(90, TimeUnit.SECONDS);

        assertThat(unlinked.key()).isEqualTo("acct_1");
        assertThat(unlinked.topic()).isEqualTo(topics.customerLinks());
        List<ConsumerRecord<byte[], byte[]>> customers = read(topics.customerLinks(), 2);
        CustomerLink link = decoded(customers.get(0), CustomerLink.class);
        assertThat(customers.get(0).key()).asString(UTF_8).isEqualTo("acct_1");
        assertThat(link.getAccountId()).isEqualTo("acct_1");
        assertThat(link.getCustomer().getKind()).isEqualTo(ReferenceKind.EXTERNAL_ID);
        assertThat(link.getCustomer().getValue()).isEqualTo("user_1");
        assertThat(customers.get(1).value()).isNull();
        assertThat(customers.get(1).offset()).isEqualTo(unlinked.offset());
        List<ConsumerRecord<byte[], byte[]>> vendors = read(topics.vendorLinks(), 2);
        assertThat(vendors.get(0).value()).isNull();
        assertThat(decoded(vendors.get(1), VendorLink.class).getReference().getValue())
                .isEqualTo("vnd_1");
        assertThat(linked.offset()).isEqualTo(vendors.get(1).offset());
    }

    @Test
    void shouldPutAnAccountsEventsAndLinkIntoTheSamePartition() throws Exception {
        UsagePublisher publisher = publisher(Map.of());

        PublishReceipt event = publisher.publish(event("acct_9")).get(90, TimeUnit.SECONDS);
        LinkReceipt link =
                publisher.linkCustomer("acct_9", CustomerRef.externalId("u")).get(90, TimeUnit.SECONDS);

        assertThat(link.partition()).isEqualTo(event.partition());
    }

    @Test
    void shouldPublishFromTheCompletionOfAnother() {
        UsagePublisher publisher = publisher(Map.of());

        CompletableFuture<PublishReceipt> chain = publisher
                .publish(event("acct").data("n", 0))
                .thenCompose(receipt -> publisher.publish(event("acct").data("n", 1)))
                .thenCompose(receipt -> publisher.publish(event("acct").data("n", 2)));

        assertThat(chain).succeedsWithin(LONG);
        assertThat(read(topics.events(), 3)).hasSize(3);
    }

    private List<CompletableFuture<PublishReceipt>> publishUntilRefused(UsagePublisher publisher) {
        List<CompletableFuture<PublishReceipt>> futures = new ArrayList<>();
        do {
            futures.add(publisher.publish(event("acct").data("text", "x".repeat(1_000))));
            assertThat(futures)
                    .as("a buffer of 100 kB holds no 200 such events")
                    .hasSizeLessThan(200);
        } while (!futures.get(futures.size() - 1).isCompletedExceptionally());
        return futures;
    }

    /** 0, 1, 2… as the events number themselves. */
    private static final class LongRange {
        static List<Object> of(int count) {
            return IntStream.range(0, count).mapToObj(i -> (Object) (long) i).toList();
        }
    }
}

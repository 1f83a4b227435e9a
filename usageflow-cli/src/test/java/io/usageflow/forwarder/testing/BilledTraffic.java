package io.usageflow.forwarder.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.producer.Cost;
import io.usageflow.producer.CustomerRef;
import io.usageflow.producer.EventId;
import io.usageflow.producer.PublishReceipt;
import io.usageflow.producer.UsageEvent;
import io.usageflow.producer.UsagePublisher;
import io.usageflow.sandbox.CredytSandbox;
import io.usageflow.schema.Receipt;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Events of linked accounts, published with repeats; what became of each is compared at Credyt, in the receipts and in
 * the ledger. For one thread. Close it to close the publisher.
 */
public final class BilledTraffic implements AutoCloseable {
    public static final Topics TOPICS = Topics.withDefaultPrefix();
    public static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int ACCOUNTS = 25;
    private static final int REPEATED_EVERY = 50;

    private final Map<String, String> reader;
    private final Map<String, String> serde;
    private final CredytSandbox credyt;
    private final UsagePublisher publisher;
    private final Set<String> published = new HashSet<>();
    private long repeats;

    /**
     * Links the accounts.
     *
     * @param service the publisher's way to Kafka
     * @param reader that of those who read the books
     */
    public BilledTraffic(
            Map<String, String> service, Map<String, String> reader, String registryUrl, CredytSandbox credyt) {
        this.reader = Map.copyOf(reader);
        this.serde = Map.of("schema.registry.url", registryUrl);
        this.credyt = credyt;
        Map<String, Object> publishing = new HashMap<>(service);
        publishing.putAll(serde);
        publishing.put("publish.max.block.ms", PATIENCE.toMillis());
        this.publisher = UsagePublisher.create(publishing);
        for (int account = 0; account < ACCOUNTS; account++) {
            publisher.linkCustomer("acct-" + account, CustomerRef.externalId("acct_1"));
        }
    }

    /** Publishes so many new events, and some of them twice; returns when all are durable. */
    public void publish(int events) throws ExecutionException, InterruptedException, TimeoutException {
        List<CompletableFuture<PublishReceipt>> receipts = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            UsageEvent event = event(published.size());
            published.add(event.id().toString());
            receipts.add(publisher.publish(event));
            if (i % REPEATED_EVERY == 0) {
                repeats++;
                receipts.add(publisher.publish(event));
            }
        }
        awaitDurable(receipts);
    }

    /** Publishes each event there ever was once more. */
    public void repeatAll() throws ExecutionException, InterruptedException, TimeoutException {
        List<CompletableFuture<PublishReceipt>> receipts = new ArrayList<>();
        for (int number = 0; number < published.size(); number++) {
            repeats++;
            receipts.add(publisher.publish(event(number)));
        }
        awaitDurable(receipts);
    }

    private static void awaitDurable(List<CompletableFuture<PublishReceipt>> receipts)
            throws ExecutionException, InterruptedException, TimeoutException {
        CompletableFuture.allOf(receipts.toArray(CompletableFuture[]::new)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static UsageEvent event(int number) {
        return UsageEvent.of("chat_completed")
                .id(EventId.derive("restart", number))
                .account("acct-" + number % ACCOUNTS)
                .data("input_tokens", number)
                .data("output_tokens", 1)
                .cost(Cost.of("openai", new BigDecimal("0.0001"), "USD"));
    }

    /** How many distinct events were published. */
    public int published() {
        return published.size();
    }

    /** Waits until the books say that all was delivered and every repeat was counted. */
    public void awaitBooked() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            LedgerBalance books = books();
            assertThat(books.total(LedgerBalance.DELIVERY, LedgerCounter.DELIVERED))
                    .isEqualTo(published.size());
            assertThat(books.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED))
                    .isEqualTo(published.size() + repeats);
            assertThat(books.findings()).isEmpty();
        });
    }

    /** Compares, when nothing is on its way any more: each event once, and nothing else. */
    public void check() {
        assertThat(new HashSet<>(credyt.eventIds())).isEqualTo(published);
        assertThat(credyt.stats().conflictingContent()).isZero();
        // Their markers may come later than those of the books.
        await().atMost(PATIENCE).until(() -> receipts().size() >= published.size());
        assertThat(receipts()).doesNotHaveDuplicates().hasSize(published.size());
        LedgerBalance books = books();
        assertThat(books.total(LedgerBalance.ADMISSION, LedgerCounter.ADMITTED)).isEqualTo(published.size());
        assertThat(books.total(LedgerBalance.ADMISSION, LedgerCounter.DUPLICATE))
                .isEqualTo(repeats);
        assertThat(books.inFlight()).isZero();
    }

    private LedgerBalance books() {
        return LedgerBalance.of(new LedgerReader(TOPICS, reader, serde).read(PATIENCE));
    }

    private List<String> receipts() {
        List<String> ids = new ArrayList<>();
        try (Deserializer<Receipt> deserializer = AvroSerdes.valueDeserializer(serde, Receipt.class)) {
            new TopicReader(reader)
                    .read(
                            TOPICS.receipts(),
                            record -> ids.add(deserializer
                                    .deserialize(record.topic(), record.value())
                                    .getEventId()));
        }
        return ids;
    }

    @Override
    public void close() {
        publisher.close();
    }
}

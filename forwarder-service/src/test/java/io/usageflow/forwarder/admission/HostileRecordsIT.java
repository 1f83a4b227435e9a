package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.forwarder.ledger.LedgerBalance;
import io.usageflow.forwarder.ledger.LedgerCounter;
import io.usageflow.forwarder.testing.HostileRecords;
import io.usageflow.forwarder.testing.HostileRecords.Hostile;
import io.usageflow.schema.DeadLetter;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a real broker shows: times it does not set, compression, and Streams' global thread. */
class HostileRecordsIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int LARGE = 200;

    @TempDir
    Path folder;

    private final String registry = "mock://" + UUID.randomUUID();
    private final AdmissionCluster cluster = new AdmissionCluster(registry);
    private final List<String> good = new ArrayList<>();
    private final ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
    private final KafkaProducer<byte[], byte[]> stranger = new KafkaProducer<>(
            Map.of(
                    "bootstrap.servers",
                    cluster.bootstrapServers(),
                    "compression.type",
                    "zstd",
                    "max.request.size",
                    64_000_000,
                    "buffer.memory",
                    128_000_000),
            new ByteArraySerializer(),
            new ByteArraySerializer());

    @AfterEach
    void stop() {
        stranger.close(Duration.ZERO);
        cluster.close();
    }

    @Test
    void shouldPassRecordsOfAllKindsWithLittleHeapAndAdmitTheGood() throws Exception {
        for (String topic : List.of(TOPICS.events(), TOPICS.replays(), TOPICS.customerLinks(), TOPICS.vendorLinks())) {
            letProducersSetTimes(topic);
        }
        cluster.link("good");
        publishGood(10);
        long expected = good.size() + hostileRecords();
        for (int i = 0; i < LARGE; i++) {
            // 1.6 GB in all, more than this process has; in the topic they are some hundred kilobytes.
            send(TOPICS.events(), 0, "acct_1".getBytes(UTF_8), new byte[8_000_000], -1);
        }
        send(TOPICS.events(), 1, "acct_1".getBytes(UTF_8), new byte[17_300_000], -1);
        stranger.flush();
        assertThat(failures).isEmpty();
        publishGood(10);
        expected += LARGE + 1 + 10;

        Admission admission = cluster.admission(folder.resolve("one"));
        admission.start();

        await().atMost(LIMIT).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> assertThat(admittedGood())
                .containsExactlyInAnyOrderElementsOf(good));
        long received = expected;
        await().atMost(LIMIT).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            LedgerBalance balance = LedgerBalance.of(cluster.ledger().read(Duration.ofSeconds(30)));
            assertThat(balance.findings()).isEmpty();
            assertThat(balance.total(LedgerBalance.ADMISSION, LedgerCounter.RECEIVED))
                    .isEqualTo(received);
        });
        assertThat(admission.health().ready()).isTrue();
        assertThat(cluster.meters
                        .counter("usageflow.admission.threads.replaced")
                        .count())
                .isZero();
        List<DeadLetter> large = new ArrayList<>();
        cluster.read(TOPICS.deadLetters(), record -> {
            DeadLetter letter = cluster.decode(record, DeadLetter.class);
            if (letter.getOriginalReference() != null
                    && letter.getOriginalReference().getValueBytes() >= 8_000_000) {
                large.add(letter);
            }
        });
        assertThat(large).hasSizeGreaterThan(LARGE).allMatch(letter -> letter.getReason()
                .equals("TOO_LARGE"));
        admission.close(Duration.ofSeconds(20));
    }

    /** To every topic that admission reads. @return how many of them are events or replays */
    private long hostileRecords() {
        long seed = new Random().nextLong();
        System.out.println("hostile records: seed " + seed);
        Random random = new Random(seed);
        List<byte[]> values = List.of(
                cluster.encode(TOPICS.events(), Events.event("req-1")),
                cluster.encode(TOPICS.events(), Events.event("req-2", "acct_2")));
        // Not the vendor of the good events: a link of it whose schema is unknown would rightly hold them.
        HostileRecords hostile = new HostileRecords(seed, values, List.of("acct_1", "acct_2", "anthropic"));
        List<String> topics = List.of(TOPICS.events(), TOPICS.replays(), TOPICS.customerLinks(), TOPICS.vendorLinks());
        long events = 0;
        for (int i = 0; i < 1_000; i++) {
            String topic = topics.get(random.nextInt(topics.size()));
            Hostile record = hostile.next();
            boolean isLink = topic.endsWith("links");
            long time = Math.max(-1, record.timestamp());
            send(topic, isLink ? 0 : random.nextInt(AdmissionCluster.PARTITIONS), record, time);
            events += isLink ? 0 : 1;
        }
        return events;
    }

    private void publishGood(int count) {
        for (int i = 0; i < count; i++) {
            UsageEvent event = Events.event("good-" + good.size(), "good");
            event.setOccurredAt(Instant.now());
            cluster.publish(event);
            good.add(event.getId());
        }
        cluster.flush();
    }

    private List<String> admittedGood() {
        List<String> ids = new ArrayList<>();
        cluster.read(TOPICS.deliverable(), record -> {
            String id = cluster.decode(record, DeliverableEvent.class).getEventId();
            if (id.startsWith("good-")) {
                ids.add(id);
            }
        });
        return ids;
    }

    /** Brokers themselves refuse a compacted topic's record without a key. */
    private void send(String topic, int partition, Hostile record, long time) {
        byte[] key = record.key() == null && topic.endsWith("links") ? new byte[0] : record.key();
        stranger.send(new TimedRecord(topic, partition, time, key, record.value(), record.headers()), this::sent);
    }

    private void send(String topic, int partition, byte[] key, byte[] value, long time) {
        stranger.send(new TimedRecord(topic, partition, time, key, value, new RecordHeaders()), this::sent);
    }

    private void sent(RecordMetadata at, Exception failure) {
        if (failure != null) {
            failures.add(failure);
        }
    }

    /** Java's client refuses a negative time, and other clients write it. */
    private static final class TimedRecord extends ProducerRecord<byte[], byte[]> {
        private final long time;

        TimedRecord(String topic, int partition, long time, byte[] key, byte[] value, Headers headers) {
            super(topic, partition, null, key, value, headers);
            this.time = time;
        }

        @Override
        public Long timestamp() {
            return time;
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** As topics were before, or are while an operator changes them. */
    private void letProducersSetTimes(String topic) throws Exception {
        Map<String, String> settings = Map.of(
                "message.timestamp.type", "CreateTime",
                "message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE),
                // Retention goes by these times: it would delete what has an old one as soon as the broker looks.
                "retention.ms", "-1");
        Collection<AlterConfigOp> changes = settings.entrySet().stream()
                .map(setting -> new AlterConfigOp(
                        new ConfigEntry(setting.getKey(), setting.getValue()), AlterConfigOp.OpType.SET))
                .toList();
        cluster.admin()
                .incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes))
                .all()
                .get();
    }
}

package io.usageflow.forwarder.kafka.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.ForkedBroker;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.testing.GuardedKafka;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A broker that is killed in mid-transaction ends it after its restart, while its partitions have no leader yet, and
 * leaves the markers out. With {@code initTransactions} alone what was aborted shows, and the group's offsets stay
 * unreadable.
 *
 * <p>The siblings, each with what happens:
 * <ul>
 *   <li>aborted, markers missing on topics and offsets: written, with all rights; by an aborted transaction of our own,
 *       without
 *   <li>committed, markers missing: written, with all rights; on the offsets by a committed transaction of our own, without;
 *       on topics, without: waits and names the command
 *   <li>a quiet run: nothing is asked of any partition
 *   <li>a lost connection, an abort, a slow end, a start: the partitions that were written are asked (TransactionEndTest)
 * </ul>
 */
class MarkerRecoveryIT {
    private static final Duration OPEN_MAX = Duration.ofSeconds(10);
    private static final Duration PATIENT = Duration.ofMinutes(3);

    private static final AtomicInteger TESTS = new AtomicInteger();

    @AutoClose
    private static ForkedBroker broker;

    private static GuardedKafka kafka;

    private final String prefix = "usage" + TESTS.incrementAndGet();
    private final String id = prefix + "-takes-over";
    private final String group = prefix + "-group";
    private final String topic = prefix + ".written";
    private final String untouched = prefix + ".untouched";
    private final TopicPartition source = new TopicPartition(prefix + ".read", 0);
    private final String spare = prefix + ".spare";

    @BeforeAll
    static void startBroker() {
        Map<String, String> settings = new HashMap<>(ImpatientKafka.BROKER);
        settings.putAll(GuardedKafka.BROKER);
        broker = ForkedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(settings));
        kafka = new GuardedKafka(broker.bootstrapServers());
    }

    @BeforeEach
    void createTopics() throws Exception {
        kafka.grantOwn(prefix);
        try (Admin admin = Admin.create(Map.copyOf(kafka.admin()))) {
            TopicCreation.create(
                    admin,
                    List.of(
                            new TopicSpec(topic, 2, false, Map.of()),
                            new TopicSpec(untouched, 1, false, Map.of()),
                            new TopicSpec(spare, 1, false, Map.of()),
                            new TopicSpec(source.topic(), 1, false, Map.of())));
        }
    }

    @Test
    void shouldEndEverywhereWhatTheBrokerForgot() {
        endsWhatTheBrokerForgot(kafka.admin());
    }

    /** As on hosted Kafka, which lets no service write markers or read Kafka's own topics. */
    @Test
    void shouldEndEverywhereWhatTheBrokerForgotWithoutRightsOnTheCluster() {
        endsWhatTheBrokerForgot(kafka.service());
    }

    private void endsWhatTheBrokerForgot(Map<String, String> user) {
        leaveATransactionOpen(user);

        try (var recovery = recovery(user);
                var producer = producer(user, recovery)) {
            producer.initTransactions();
            assertThat(committedOffset())
                    .as("of the last commit, to be read at once")
                    .isEqualTo(1);
            assertThat(recovery.risk().isPresent()).isEqualTo(user.equals(kafka.service()));
            transact(producer, "after", 2);
        }

        assertThat(committedValues()).containsExactlyInAnyOrder("before-0", "before-1", "after-0", "after-1");
        assertThat(committedOffset()).isEqualTo(2);
    }

    /** Each partition's answer lists all producers of the last day. */
    @Test
    void shouldAskNothingOfThePartitionsInAQuietRunAndOnlyTheWrittenOnesAfterAStorm() {
        Map<String, String> user = kafka.service();
        try (var recovery = recovery(user);
                var producer = producer(user, recovery)) {
            producer.initTransactions();
            long atStart = recovery.partitionsAsked();
            int quick = 0;
            for (int n = 1; n <= 50; n++) {
                long begin = System.nanoTime();
                transact(producer, "quiet", n);
                quick += System.nanoTime() - begin < TransactionEnd.SLOW.toNanos() ? 1 : 0;
            }
            assertThat(quick)
                    .as("transactions that a busy machine did not slow down")
                    .isPositive();
            assertThat(recovery.partitionsAsked() - atStart)
                    .as("in fifty transactions, of which a slow one may ask")
                    .isLessThanOrEqualTo(3L * (50 - quick));

            long quiet = recovery.partitionsAsked();
            begin(producer, "aborted", 51);
            producer.abortTransaction();
            assertThat(recovery.partitionsAsked() - quiet)
                    .as("after an abort: the two of the topic and the offsets, and not the untouched topic's")
                    .isEqualTo(3);

            broker.kill();
            broker.restart();
            transact(producer, "after-the-crash", 52);
            assertThat(recovery.partitionsAsked() - quiet)
                    .as("after a crash: the same")
                    .isEqualTo(6);
        }
        assertThat(committedOffset()).isEqualTo(52);
    }

    /** Which the admin interface has no means for; the coordinator stays out of it. */
    @Test
    void shouldCommitOnePartitionOfATransactionWhoseMarkerIsMissing() {
        try (var recovery = recovery(kafka.admin());
                var producer = producer(kafka.admin(), recovery);
                var transactions = new OpenTransactions(Map.copyOf(kafka.admin()), id, group, List.of(topic))) {
            producer.initTransactions();
            begin(producer, "left", 7);
            Set<Long> producerId = Set.of(transactions.last().orElseThrow().producerId());
            Map<TopicPartition, ProducerState> open =
                    transactions.of(producerId, transactions.everywhere()).open();
            assertThat(open).as("both partitions and the group's offsets").hasSize(3);

            open.forEach((partition, state) -> {
                if (!partition.equals(new TopicPartition(topic, 1))) {
                    transactions.commit(partition, state);
                }
            });

            assertThat(transactions.of(producerId, transactions.everywhere()).open())
                    .containsOnlyKeys(new TopicPartition(topic, 1));
            assertThat(committedOffset()).isEqualTo(7);
            producer.abortTransaction();
        }

        assertThat(committedValues()).containsExactly("left-0");
    }

    /** One transaction is committed; a second one is open when the broker dies, and over when it is back. */
    private void leaveATransactionOpen(Map<String, String> user) {
        try (var recovery = recovery(user);
                var producer = producer(user, recovery)) {
            producer.initTransactions();
            transact(producer, "before", 1);
        }
        // Over when the broker is back: it ends the transaction by itself.
        try (var recovery = recovery(user);
                var producer = producer(user, recovery, OPEN_MAX.dividedBy(2))) {
            producer.initTransactions();
            long begun = System.nanoTime();
            begin(producer, "aborted", 99);
            broker.kill();
            await().atMost(PATIENT).until(() -> System.nanoTime() - begun > OPEN_MAX.toNanos());
            broker.restart();
            producer.close(Duration.ZERO);
        }
    }

    private MarkerRecovery recovery(Map<String, String> user) {
        return new MarkerRecovery(
                user, id, group, spare, List.of(topic, untouched), MarkerRecovery.Options.uncounted(true));
    }

    private RecoveringProducer producer(Map<String, String> user, MarkerRecovery recovery) {
        return producer(user, recovery, PATIENT);
    }

    private RecoveringProducer producer(Map<String, String> user, MarkerRecovery recovery, Duration openMax) {
        Map<String, Object> config = new HashMap<>(user);
        config.put("transactional.id", id);
        config.put("transaction.timeout.ms", (int) openMax.toMillis());
        return new RecoveringProducer(config, recovery);
    }

    private void transact(RecoveringProducer producer, String name, long offset) {
        begin(producer, name, offset);
        producer.commitTransaction();
    }

    @SuppressWarnings("removal") // the only way without a consumer
    private void begin(RecoveringProducer producer, String name, long offset) {
        producer.beginTransaction();
        for (int partition = 0; partition < 2; partition++) {
            producer.send(new ProducerRecord<>(
                    topic, partition, "key".getBytes(UTF_8), (name + "-" + partition).getBytes(UTF_8)));
        }
        producer.sendOffsetsToTransaction(
                Map.of(source, new OffsetAndMetadata(offset)), new ConsumerGroupMetadata(group));
        producer.flush();
    }

    private List<String> committedValues() {
        List<String> values = new ArrayList<>();
        new TopicReader(kafka.admin()).read(topic, Duration.ofMinutes(1), record -> {
            values.add(new String(record.value(), UTF_8));
        });
        return values;
    }

    private long committedOffset() {
        Map<String, Object> config = new HashMap<>(kafka.admin());
        config.put("group.id", group);
        config.put("isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer.committed(Set.of(source), Duration.ofSeconds(60))
                    .get(source)
                    .offset();
        }
    }
}

package io.usageflow.forwarder.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.ForkedBroker;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.testing.ImpatientKafka;
import io.usageflow.schema.topic.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A broker that is killed in mid-transaction ends it after its restart, while its partitions have no leader yet, and
 * leaves the markers out. With {@code initTransactions} alone what was aborted shows, and the group's offsets stay
 * unreadable.
 */
class TransactionTakeoverIT {
    private static final String ID = "takes-over";
    private static final String GROUP = "takes-over-group";
    private static final String TOPIC = "written";
    private static final TopicPartition READ = new TopicPartition("read", 0);

    private static final Duration OPEN_MAX = Duration.ofSeconds(10);
    private static final Duration PATIENT = Duration.ofMinutes(1);

    private ForkedBroker broker;

    @BeforeEach
    void startBroker() {
        broker = ForkedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(ImpatientKafka.BROKER));
        TopicCreation.create(
                broker.bootstrapServers(),
                List.of(new TopicSpec(TOPIC, 2, false, Map.of()), new TopicSpec(READ.topic(), 1, false, Map.of())));
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void shouldEndEverywhereWhatTheBrokerForgot() {
        leaveATransactionOpen();

        try (var producer = producer(PATIENT)) {
            takeover().takeOver(producer);
            assertThat(committedOffset())
                    .as("of the last commit, to be read at once")
                    .isEqualTo(1);
            transact(producer, "after", 2);
        }

        assertThat(committedValues()).containsExactlyInAnyOrder("before-0", "before-1", "after-0", "after-1");
        assertThat(committedOffset()).isEqualTo(2);
    }

    /** Which the admin interface has no means for; the coordinator stays out of it. */
    @Test
    void shouldCommitOnePartitionOfATransactionWhoseMarkerIsMissing() {
        Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var producer = producer(PATIENT);
                var transactions = new OpenTransactions(kafka, ID, GROUP, List.of(TOPIC))) {
            producer.initTransactions();
            begin(producer, "left", 7);
            long producerId = transactions.last().orElseThrow().producerId();
            Map<TopicPartition, ProducerState> open = transactions.of(producerId);
            assertThat(open).as("both partitions and the group's offsets").hasSize(3);

            open.forEach((partition, state) -> {
                if (!partition.equals(new TopicPartition(TOPIC, 1))) {
                    transactions.commit(partition, state);
                }
            });

            assertThat(transactions.of(producerId)).containsOnlyKeys(new TopicPartition(TOPIC, 1));
            assertThat(committedOffset()).isEqualTo(7);
            producer.abortTransaction();
        }

        assertThat(committedValues()).containsExactly("left-0");
    }

    /** One transaction is committed; a second one is open when the broker dies, and over when it is back. */
    private void leaveATransactionOpen() {
        try (var producer = producer(PATIENT)) {
            producer.initTransactions();
            transact(producer, "before", 1);
        }
        try (var producer = producer(OPEN_MAX)) {
            producer.initTransactions();
            long begun = System.nanoTime();
            begin(producer, "aborted", 99);
            broker.kill();
            await().atMost(PATIENT).until(() -> System.nanoTime() - begun > OPEN_MAX.toNanos());
            broker.restart();
            producer.close(Duration.ZERO);
        }
    }

    private TransactionTakeover takeover() {
        return new TransactionTakeover(
                Map.of("bootstrap.servers", broker.bootstrapServers()), ID, GROUP, List.of(TOPIC));
    }

    private KafkaProducer<String, String> producer(Duration transactionTimeout) {
        return new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "transactional.id",
                ID,
                // Over when the broker is back: it ends the transaction by itself.
                "transaction.timeout.ms",
                1_000,
                "key.serializer",
                StringSerializer.class,
                "value.serializer",
                StringSerializer.class));
    }

    private static void transact(KafkaProducer<String, String> producer, String name, long offset) {
        begin(producer, name, offset);
        producer.commitTransaction();
    }

    private static void begin(KafkaProducer<String, String> producer, String name, long offset) {
        producer.beginTransaction();
        for (int partition = 0; partition < 2; partition++) {
            producer.send(new ProducerRecord<>(TOPIC, partition, "key", name + "-" + partition));
        }
        producer.sendOffsetsToTransaction(
                Map.of(READ, new OffsetAndMetadata(offset)), new ConsumerGroupMetadata(GROUP));
        producer.flush();
    }

    private List<String> committedValues() {
        List<String> values = new ArrayList<>();
        new TopicReader(Map.of("bootstrap.servers", broker.bootstrapServers()))
                .read(TOPIC, Duration.ofMinutes(1), record -> {
                    values.add(new String(record.value(), UTF_8));
                });
        return values;
    }

    private long committedOffset() {
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "group.id",
                        GROUP,
                        "isolation.level",
                        "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            return consumer.committed(Set.of(READ), Duration.ofSeconds(60))
                    .get(READ)
                    .offset();
        }
    }
}

package io.usageflow.forwarder.kafka.recovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.kafka.KafkaClients;
import io.usageflow.forwarder.kafka.TopicReader;
import io.usageflow.forwarder.testing.GuardedKafka;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions that Kafka would end after a quarter of an hour. The service has no rights on the cluster. */
class AbandonedTransactionsIT {
    private static final String PREFIX = "usage";
    private static final String IDS = PREFIX + ".admission-";
    private static final String TOPIC = PREFIX + ".written";
    private static final TopicPartition TAKEN_OVER = new TopicPartition(TOPIC, 0);
    private static final TopicPartition OTHER = new TopicPartition(TOPIC, 1);
    private static final Duration QUARTER_OF_AN_HOUR = Duration.ofMinutes(15);

    @AutoClose
    private final EmbeddedBroker broker =
            EmbeddedBroker.start(EmbeddedBrokerOptions.defaults().withSettings(GuardedKafka.BROKER));

    private final GuardedKafka kafka = new GuardedKafka(broker.bootstrapServers());

    @AutoClose
    private final AbandonedTransactions abandoned =
            new AbandonedTransactions(kafka.service(), IDS, id -> id.equals(IDS + "own"));

    @BeforeEach
    void prepare() throws Exception {
        kafka.grantOwn(PREFIX);
        try (Admin admin = Admin.create(Map.copyOf(kafka.admin()))) {
            TopicCreation.create(admin, List.of(new TopicSpec(TOPIC, 2, false, Map.of())));
        }
    }

    @Test
    void shouldAbortWhatADeadInstanceLeftOpenOnEveryPartitionThatItWrote() throws Exception {
        try (var dead = producer(IDS + "dead");
                var live = producer(IDS + "live")) {
            write(live, "committed", TAKEN_OVER);
            live.commitTransaction();
            write(dead, "aborted", TAKEN_OVER);
            write(dead, "aborted", OTHER);

            abandoned.end(List.of(TAKEN_OVER));

            assertThatThrownBy(dead::commitTransaction).isInstanceOf(ProducerFencedException.class);
            live.beginTransaction();
            write(live, "later", OTHER);
            live.commitTransaction();
        }
        assertThat(readable()).containsExactlyInAnyOrder("committed", "later");
    }

    @Test
    void shouldEndNoTransactionOfItsOwnOfOtherPartitionsOrOfOtherPrograms() throws Exception {
        try (var own = producer(IDS + "own");
                var elsewhere = producer(IDS + "elsewhere");
                var foreign = producer(PREFIX + "-delivery")) {
            write(own, "own", TAKEN_OVER);
            write(foreign, "foreign", TAKEN_OVER);
            write(elsewhere, "elsewhere", OTHER);

            abandoned.end(List.of(TAKEN_OVER));

            own.commitTransaction();
            foreign.commitTransaction();
            elsewhere.commitTransaction();
        }
        assertThat(readable()).containsExactlyInAnyOrder("own", "foreign", "elsewhere");
    }

    @Test
    void shouldNotFailWithoutTheRightToAsk() {
        try (var blind = new AbandonedTransactions(kafka.service(), IDS, id -> false)) {
            blind.end(List.of(new TopicPartition("foreign.topic", 0)));
        }
    }

    private KafkaProducer<byte[], byte[]> producer(String id) {
        var producer = new KafkaProducer<>(
                KafkaClients.transactional(
                        kafka.service(), Map.of("transaction.timeout.ms", (int) QUARTER_OF_AN_HOUR.toMillis()), id, id),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        return producer;
    }

    private static void write(KafkaProducer<byte[], byte[]> producer, String value, TopicPartition at) {
        producer.send(new ProducerRecord<>(at.topic(), at.partition(), null, value.getBytes(UTF_8)));
        producer.flush();
    }

    /** Kafka answers a commit before it has written the markers, and no reader of committed records passes them. */
    private List<String> readable() throws Exception {
        try (Admin admin = Admin.create(Map.copyOf(kafka.admin()))) {
            await().atMost(Duration.ofMinutes(1)).until(() -> ends(admin, IsolationLevel.READ_COMMITTED)
                    .equals(ends(admin, IsolationLevel.READ_UNCOMMITTED)));
        }
        List<String> values = new ArrayList<>();
        new TopicReader(kafka.admin())
                .read(TOPIC, Duration.ofMinutes(1), record -> values.add(new String(record.value(), UTF_8)));
        return values;
    }

    private static Map<TopicPartition, Long> ends(Admin admin, IsolationLevel level) throws Exception {
        Map<TopicPartition, OffsetSpec> latest = Map.of(TAKEN_OVER, OffsetSpec.latest(), OTHER, OffsetSpec.latest());
        return admin.listOffsets(latest, new ListOffsetsOptions(level)).all().get().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, partition -> partition.getValue().offset()));
    }
}

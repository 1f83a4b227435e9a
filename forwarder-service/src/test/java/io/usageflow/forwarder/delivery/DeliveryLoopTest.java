package io.usageflow.forwarder.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.config.DeliverySettings;
import io.usageflow.forwarder.credyt.Answer;
import io.usageflow.forwarder.deadletter.ResponseExcerpt;
import io.usageflow.schema.CredytReference;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.ReferenceKind;
import io.usageflow.schema.SourceCoordinates;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.serde.AvroSerdes;
import io.usageflow.schema.topic.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The loop turn by turn, in the test's own thread: each step of a story happens between two turns. */
class DeliveryLoopTest {
    private static final Topics TOPICS = Topics.withDefaultPrefix();
    private static final TopicPartition ONE = new TopicPartition(TOPICS.deliverable(), 1);
    private static final TopicPartition TWO = new TopicPartition(TOPICS.deliverable(), 2);
    private static final Map<String, String> SERDE =
            Map.of("schema.registry.url", "mock://loop", "auto.register.schemas", "true");
    private static final Answer ACCEPTED = new Answer.Response(202, Map.of(), "", false);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final MockConsumer<byte[], byte[]> states = new MockConsumer<>("earliest");
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final HeldSink sink = new HeldSink();
    private DeliverySession session;

    /** Answers when the test says so. */
    private static final class HeldSink implements EventSink {
        final List<Request> requests = new ArrayList<>();
        final List<CompletableFuture<Answer>> answers = new ArrayList<>();

        @Override
        public CompletionStage<Answer> deliver(Request request) {
            requests.add(request);
            answers.add(new CompletableFuture<>());
            return answers.get(answers.size() - 1);
        }

        @Override
        public Duration answersWithin() {
            return Duration.ofSeconds(1);
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void open() {
        consumer.updateBeginningOffsets(Map.of(ONE, 0L, TWO, 0L));
        consumer.updateEndOffsets(Map.of(ONE, 100L, TWO, 100L));
        var settings = DeliverySettings.from(new AbstractConfig(
                DeliverySettings.define(new ConfigDef()),
                Map.of(DeliverySettings.SETTLE_INTERVAL, "1ms", DeliverySettings.REVOKE_TIMEOUT, "200ms"),
                false));
        var parts = new DeliveryParts(
                settings,
                new DeliveryConnections(TOPICS, Map.of(), SERDE, "test"),
                sink,
                new Destination(settings, new Random(1)),
                new SettlementRecords(TOPICS, SERDE, new ResponseExcerpt(List.of())),
                new DeliveryMeters(new SimpleMeterRegistry()),
                new TopicRetention(
                        topic -> KafkaFuture.completedFuture(new Config(List.of())),
                        () -> {},
                        TOPICS.deliverable(),
                        DeliveryClock.system()),
                DeliveryClock.system());
        for (TopicPartition partition : List.of(ONE, TWO)) {
            var state = new TopicPartition(TOPICS.deliveryState(), partition.partition());
            states.updateBeginningOffsets(Map.of(state, 0L));
            states.updateEndOffsets(Map.of(state, 0L));
        }
        session = new DeliverySession(parts, consumer, states, producer);
    }

    /** Runs the loop; before each turn the next step happens, and after the last one some turns more. */
    private void story(Runnable... steps) {
        Iterator<Runnable> next = List.of(steps).iterator();
        int[] quiet = {0};
        session.run(
                Producer::initTransactions,
                () -> {
                    if (next.hasNext()) {
                        next.next().run();
                        return false;
                    }
                    return ++quiet[0] > 5;
                },
                () -> Duration.ofMillis(10));
    }

    private static ConsumerRecord<byte[], byte[]> record(TopicPartition partition, long offset, String account) {
        String id = new UUID(partition.partition(), offset).toString();
        UsageEvent event = UsageEvent.newBuilder()
                .setId(id)
                .setEventType("message_completed")
                .setOccurredAt(Instant.EPOCH)
                .setAccountId(account)
                .setData(Map.of())
                .setCosts(List.of())
                .build();
        DeliverableEvent deliverable = DeliverableEvent.newBuilder()
                .setEventId(id)
                .setAccountId(account)
                .setCredytEventId(id)
                .setCustomer(new CredytReference(ReferenceKind.EXTERNAL_ID, account))
                .setVendors(Map.of())
                .setSource(new SourceCoordinates(TOPICS.events(), 0, offset, Instant.EPOCH))
                .setAdmittedAt(Instant.EPOCH)
                .setEvent(ByteBuffer.wrap(
                        AvroSerdes.<UsageEvent>valueSerializer(SERDE).serialize(TOPICS.events(), event)))
                .build();
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                account.getBytes(StandardCharsets.UTF_8),
                AvroSerdes.<DeliverableEvent>valueSerializer(SERDE).serialize(TOPICS.deliverable(), deliverable));
    }

    private Runnable assign(TopicPartition... partitions) {
        return () -> consumer.schedulePollTask(() -> consumer.rebalance(List.of(partitions)));
    }

    private Runnable arrive(TopicPartition partition, long offset, String account) {
        return () -> consumer.schedulePollTask(() -> consumer.addRecord(record(partition, offset, account)));
    }

    private Runnable answer(int request) {
        return () -> sink.answers.get(request).complete(ACCEPTED);
    }

    private static Runnable pass() {
        return () -> {};
    }

    private List<Long> committed(TopicPartition partition) {
        return producer.consumerGroupOffsetsHistory().stream()
                .flatMap(groups -> groups.values().stream())
                .map(offsets -> offsets.get(partition))
                .filter(java.util.Objects::nonNull)
                .map(OffsetAndMetadata::offset)
                .toList();
    }

    private long receipts() {
        return producer.history().stream()
                .filter(record -> record.topic().equals(TOPICS.receipts()))
                .count();
    }

    @Test
    void shouldCommitNothingAboveAnEventThatIsStillOut() {
        story(assign(ONE), arrive(ONE, 3, "slow"), arrive(ONE, 7, "quick"), pass(), pass(), answer(1), pass(), pass());

        assertThat(receipts()).isZero();
        assertThat(committed(ONE)).as("the first outstanding offset at most").allMatch(offset -> offset <= 3);
    }

    @Test
    void shouldCommitPastTheLastRecordWhereAllIsSettled() {
        story(
                assign(ONE),
                arrive(ONE, 3, "a"),
                arrive(ONE, 7, "b"),
                pass(),
                pass(),
                answer(1),
                answer(0),
                pass(),
                pass());

        assertThat(receipts()).isEqualTo(2);
        assertThat(committed(ONE)).last().isEqualTo(8L);
    }

    @Test
    void shouldLetRequestsFinishAndCommitBeforeAPartitionLeaves() {
        story(assign(ONE, TWO), arrive(ONE, 0, "a"), arrive(TWO, 0, "b"), pass(), pass(), () -> {
            sink.answers.get(0).complete(ACCEPTED);
            assign(TWO).run();
        });

        assertThat(receipts()).isEqualTo(1);
        assertThat(committed(ONE)).last().isEqualTo(1L);
        assertThat(committed(TWO)).allMatch(offset -> offset == 0L);
    }

    @Test
    void shouldDropAnAnswerThatComesAfterItsPartitionLeft() {
        story(
                assign(ONE, TWO),
                arrive(ONE, 0, "a"),
                pass(),
                pass(),
                assign(TWO),
                pass(),
                pass(),
                answer(0),
                pass(),
                pass());

        assertThat(sink.requests).hasSize(1);
        assertThat(receipts()).isZero();
        assertThat(committed(ONE)).allMatch(offset -> offset == 0L);
    }

    @Test
    void shouldNotSendAnIdAgainWhileItsOldRequestIsStillOut() {
        story(
                assign(ONE),
                arrive(ONE, 0, "a"),
                pass(),
                pass(),
                assign(TWO),
                pass(),
                () -> {
                    consumer.updateBeginningOffsets(Map.of(ONE, 0L));
                    assign(ONE, TWO).run();
                },
                arrive(ONE, 0, "a"),
                pass(),
                pass(),
                () -> assertThat(sink.requests).hasSize(1),
                answer(0),
                pass(),
                pass(),
                () -> assertThat(sink.requests).hasSize(2),
                answer(1),
                pass(),
                pass());

        assertThat(receipts()).isEqualTo(1);
        assertThat(committed(ONE)).last().isEqualTo(1L);
    }
}

package io.usageflow.forwarder.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker;
import io.usageflow.embedded.EmbeddedBrokerOptions;
import io.usageflow.embedded.TopicCreation;
import io.usageflow.forwarder.config.ConfigSources;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.kafka.TopicsNotReadyException;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class TopicAdminIT {
    private static final Duration SOON = Duration.ofMinutes(3);

    @AutoClose
    private static EmbeddedBroker broker = EmbeddedBroker.start(EmbeddedBrokerOptions.defaults()
            .withSettings(Map.of("log.retention.check.interval.ms", "300", "log.initial.task.delay.ms", "100")));

    @Test
    void shouldMakeTopicsThatCanBeWrittenAtOnceAndThenFindNothingToDo() throws Exception {
        Settings settings = settings("fresh");
        try (TopicAdmin topics = TopicAdmin.connect(settings.kafka(), SOON)) {
            TopicPlan plan = topics.plan(settings, OptionalInt.of(3));
            assertThat(plan.missing()).hasSize(10);

            topics.create(plan, (short) 1);

            send("fresh.events");
            TopicPlan after = topics.plan(settings, OptionalInt.empty());
            assertThat(after.findings()).hasOnlyElementsOfType(TopicFinding.Ready.class);
            assertThat(after.obstacles()).isEmpty();
            topics.create(after, (short) 1);
        }
    }

    @Test
    void shouldNotCreateAnythingBesideATopicOfAnotherPartitionCount() throws Exception {
        make(new TopicSpec("torn.events", 3, false, Map.of()), new TopicSpec("torn.deliverable", 4, false, Map.of()));
        Settings settings = settings("torn");
        try (TopicAdmin topics = TopicAdmin.connect(settings.kafka(), SOON)) {
            TopicPlan plan = topics.plan(settings, OptionalInt.empty());

            assertThatThrownBy(() -> topics.create(plan, (short) 1))
                    .isInstanceOf(TopicsNotReadyException.class)
                    .hasMessageContaining("torn.events: 3; torn.deliverable: 4");
            assertThat(names()).contains("torn.events").doesNotContain("torn.ledger");
        }
    }

    @Test
    void shouldSeeThatTheCountWasChangedUnderARunningPipeline() throws Exception {
        make(
                new TopicSpec("moved.events", 4, false, Map.of()),
                new TopicSpec("moved.admission-books-changelog", 3, false, Map.of()),
                // Of another application, whose id begins with ours.
                new TopicSpec("moved.admission-eu-books-changelog", 5, false, Map.of()));
        Settings settings = settings("moved");
        try (TopicAdmin topics = TopicAdmin.connect(settings.kafka(), SOON)) {
            TopicPlan plan = topics.plan(settings, OptionalInt.empty());

            assertThat(plan.refused()).singleElement().satisfies(refused -> assertThat(refused.problem())
                    .startsWith("has 4 partitions, but had 3 when admission began to remember by partition"
                            + " (moved.admission-books-changelog: 3)"));
            assertThatThrownBy(() -> topics.create(plan, (short) 1)).isInstanceOf(TopicsNotReadyException.class);
        }
    }

    @Test
    void shouldAlterSettingsOnlyWhenAsked() throws Exception {
        make(new TopicSpec(
                "loose.events", 6, false, Map.of("message.timestamp.type", "CreateTime", "retention.ms", "1000")));
        Settings settings = settings("loose");
        try (TopicAdmin topics = TopicAdmin.connect(settings.kafka(), SOON)) {
            topics.create(topics.plan(settings, OptionalInt.empty()), (short) 1);

            TopicPlan created = topics.plan(settings, OptionalInt.empty());
            assertThat(created.differing())
                    .extracting(TopicFinding.Differs::setting)
                    .containsExactly("message.timestamp.type", "retention.ms");

            topics.alter(created);

            assertThat(topics.plan(settings, OptionalInt.empty()).obstacles()).isEmpty();
        }
    }

    /**
     * What a stage writes whose clock is 100 days behind. By that time the broker deletes it at its next look, however new
     * it is; the topic as it was before shows that it does.
     */
    @Test
    void shouldKeepWhatAClientWithAClockThatIsBehindHasWritten() throws Exception {
        Duration behind = Duration.ofDays(100);
        Map<String, String> before = Map.of("message.timestamp.type", "CreateTime", "retention.ms", "1209600000");
        make(new TopicSpec("behind.deliverable", 6, false, before), new TopicSpec("control", 1, false, before));
        Settings settings = settings("behind");
        try (TopicAdmin topics = TopicAdmin.connect(settings.kafka(), SOON)) {
            topics.create(topics.plan(settings, OptionalInt.empty()), (short) 1);
            topics.alter(topics.plan(settings, OptionalInt.empty()));
            List<String> all =
                    settings.topicSpecs().stream().map(TopicSpec::name).toList();

            for (String topic : all) {
                send(topic, Instant.now().minus(behind));
            }
            send("control", Instant.now().minus(behind));

            await().atMost(SOON).untilAsserted(() -> assertThat(offsets("control", OffsetSpec.earliest()))
                    .isEqualTo(1));
            for (String topic : all) {
                assertThat(offsets(topic, OffsetSpec.earliest())).as(topic).isZero();
                assertThat(offsets(topic, OffsetSpec.latest())).as(topic).isEqualTo(1);
            }
        }
    }

    private static void send(String topic, Instant stamp) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, 0, stamp.toEpochMilli(), "k", "v"))
                    .get();
        }
    }

    private static long offsets(String topic, OffsetSpec which) throws Exception {
        try (Admin admin = admin()) {
            return admin.listOffsets(Map.of(new TopicPartition(topic, 0), which))
                    .partitionResult(new TopicPartition(topic, 0))
                    .get()
                    .offset();
        }
    }

    @Test
    void shouldNameATopicThatIsNotThere() {
        try (TopicAdmin topics = TopicAdmin.connect(settings("absent").kafka(), SOON)) {
            assertThatThrownBy(() -> topics.requireExisting(List.of("absent.events")))
                    .hasMessage("absent.events does not exist: 'usageflow topics apply' creates it");
        }
    }

    private static Settings settings(String prefix) {
        return Settings.load(ConfigSources.none()
                .with(Map.of("kafka.bootstrap.servers", broker.bootstrapServers(), "topics.prefix", prefix), "test"));
    }

    private static void send(String topic) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers(), "retries", 0),
                new StringSerializer(),
                new StringSerializer())) {
            assertThat(producer.send(new ProducerRecord<>(topic, 2, "k", "v"))
                            .get()
                            .offset())
                    .isZero();
        }
    }

    /** Returns when the broker shows them: it learns of them a moment later than the controller that makes them. */
    private static void make(TopicSpec... topics) {
        TopicCreation.create(broker.bootstrapServers(), List.of(topics));
    }

    private static List<String> names() throws Exception {
        try (Admin admin = admin()) {
            return List.copyOf(admin.listTopics().names().get());
        }
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }
}

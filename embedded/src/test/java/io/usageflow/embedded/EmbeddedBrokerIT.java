package io.usageflow.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.EmbeddedBroker.PortBusyException;
import io.usageflow.schema.topic.Topics;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
    private static final List<TopicSpec> WORDS = List.of(KafkaWords.TOPIC);

    @Test
    void shouldCarryRecordsAndTransactions() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            String bootstrap = broker.bootstrapServers();
            TopicCreation.create(bootstrap, WORDS);

            KafkaWords.write(bootstrap, "plain");
            try (KafkaProducer<String, String> producer =
                    KafkaWords.producer(bootstrap, Map.of("transactional.id", "words"))) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(KafkaWords.record("aborted"));
                producer.abortTransaction();
                producer.beginTransaction();
                producer.send(KafkaWords.record("committed"));
                producer.commitTransaction();
            }

            // A commit returns before the coordinator has written its markers, which make the records readable.
            await().atMost(Duration.ofMinutes(3)).untilAsserted(() -> assertThat(KafkaWords.readAll(bootstrap))
                    .containsExactlyInAnyOrder("plain", "committed"));
        }
    }

    @Test
    void shouldKeepPortAndDataThroughAnOutage() throws Exception {
        try (EmbeddedBroker broker = EmbeddedBroker.start()) {
            String bootstrap = broker.bootstrapServers();
            TopicCreation.create(bootstrap, WORDS);
            KafkaWords.write(bootstrap, "before");

            broker.stop();
            broker.stop();
            assertThat(broker.isRunning()).isFalse();
            assertThat(FreePorts.isFree(broker.port())).as("nobody listens").isTrue();
            broker.resume();
            broker.resume();

            assertThat(broker.bootstrapServers()).isEqualTo(bootstrap);
            KafkaWords.write(bootstrap, "after");
            assertThat(KafkaWords.readAll(bootstrap)).containsExactlyInAnyOrder("before", "after");
        }
    }

    @Test
    void shouldKeepTheDataOfANamedDirectory(@TempDir Path directory) throws Exception {
        EmbeddedBrokerOptions options = EmbeddedBrokerOptions.defaults().withDataDirectory(directory);
        String cluster;
        try (EmbeddedBroker first = EmbeddedBroker.start(options)) {
            TopicCreation.create(first.bootstrapServers(), WORDS);
            KafkaWords.write(first.bootstrapServers(), "kept");
            cluster = clusterId(first);
        }

        try (EmbeddedBroker second = EmbeddedBroker.start(options)) {
            assertThat(clusterId(second)).as("not formatted again").isEqualTo(cluster);
            assertThat(KafkaWords.readAll(second.bootstrapServers())).containsExactly("kept");
        }
        assertThat(directory).isNotEmptyDirectory();
    }

    @Test
    void shouldLeaveNothingBehind() {
        EmbeddedBroker broker = EmbeddedBroker.start();
        assertThat(broker.directory()).isNotEmptyDirectory();

        broker.close();
        broker.close();

        assertThat(broker.directory()).doesNotExist();
        assertThat(FreePorts.isFree(broker.port())).isTrue();
        assertThatThrownBy(broker::resume)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void shouldNameABusyPort() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress(FreePorts.loopback(), 0));
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> EmbeddedBroker.start(
                            EmbeddedBrokerOptions.defaults().withPort(port)))
                    .isInstanceOf(PortBusyException.class)
                    .hasMessageContaining("port " + port)
                    .hasMessageContaining("choose another port");
        }
    }

    @Test
    void shouldTakeTheBrokersSettings() throws Exception {
        EmbeddedBrokerOptions options =
                EmbeddedBrokerOptions.defaults().withSettings(Map.of("message.max.bytes", "12345"));
        try (EmbeddedBroker broker = EmbeddedBroker.start(options);
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, "1");

            assertThat(admin.describeConfigs(List.of(node))
                            .all()
                            .get()
                            .get(node)
                            .get("message.max.bytes")
                            .value())
                    .isEqualTo("12345");
        }
    }

    @Test
    void shouldCreateAllOfUsageflowsTopicsReadyToWrite() throws Exception {
        List<TopicSpec> specs = new Topics("test").specs(4, Duration.ofDays(35));
        try (EmbeddedBroker broker = EmbeddedBroker.start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            TopicCreation.create(admin, specs);
            assertThatCode(() -> TopicCreation.create(admin, specs))
                    .as("a second time changes nothing")
                    .doesNotThrowAnyException();

            var described = admin.describeTopics(
                            specs.stream().map(TopicSpec::name).toList())
                    .allTopicNames()
                    .get();
            for (TopicSpec spec : specs) {
                assertThat(described.get(spec.name()).partitions())
                        .as(spec.name())
                        .hasSize(spec.partitions())
                        .allSatisfy(partition -> assertThat(partition.leader()).isNotNull());
                ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, spec.name());
                var config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
                spec.settings()
                        .forEach((key, value) ->
                                assertThat(config.get(key).value()).as(key).isEqualTo(value));
            }
        }
    }

    @Test
    void shouldRunTwoBrokersAtOnce() throws Exception {
        try (EmbeddedBroker one = EmbeddedBroker.start();
                EmbeddedBroker other = EmbeddedBroker.start()) {
            TopicCreation.create(one.bootstrapServers(), WORDS);
            TopicCreation.create(other.bootstrapServers(), WORDS);
            KafkaWords.write(one.bootstrapServers(), "one");

            assertThat(KafkaWords.readAll(one.bootstrapServers())).containsExactly("one");
            assertThat(KafkaWords.readAll(other.bootstrapServers())).isEmpty();
        }
    }

    private static String clusterId(EmbeddedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.describeCluster().clusterId().get();
        }
    }
}

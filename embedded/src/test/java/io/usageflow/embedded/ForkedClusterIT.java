package io.usageflow.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;

class ForkedClusterIT {
    private static final Duration SOON = Duration.ofMinutes(3);

    @Test
    void shouldGoOnWhileOneBrokerIsDead() throws Exception {
        try (ForkedCluster cluster = ForkedCluster.start(3, Map.of())) {
            String bootstrap = cluster.bootstrapServers();
            TopicCreation.create(bootstrap, List.of(KafkaWords.TOPIC));
            assertThat(partitions(bootstrap))
                    .allSatisfy(partition -> assertThat(partition.replicas()).hasSize(3));
            KafkaWords.write(bootstrap, "before");

            // The active controller: its end is noticed and repaired by the others, as any broker's, and by a vote too.
            ForkedBroker killed = cluster.broker(activeController(bootstrap) - 1);
            killed.kill();
            KafkaWords.write(bootstrap, "without");
            killed.restart();
            await().atMost(SOON).untilAsserted(() -> assertThat(partitions(bootstrap))
                    .allSatisfy(partition -> assertThat(partition.isr()).hasSize(3)));

            assertThat(KafkaWords.readAll(bootstrap)).containsExactlyInAnyOrder("before", "without");
        }
    }

    @Test
    void shouldRefuseAClusterThatLosesItsMajorityWithOneBroker() {
        assertThatThrownBy(() -> ForkedCluster.start(2, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use at least 3");
    }

    private static int activeController(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            return admin.describeMetadataQuorum().quorumInfo().get().leaderId();
        }
    }

    private static List<TopicPartitionInfo> partitions(String bootstrap) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            return admin.describeTopics(List.of(KafkaWords.TOPIC.name()))
                    .allTopicNames()
                    .get()
                    .get(KafkaWords.TOPIC.name())
                    .partitions();
        }
    }
}

package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.PARTITIONS;
import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static io.usageflow.forwarder.testing.JsonShape.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.GroupType;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Admission on Streams' own rebalance protocol (KIP-1071): it balances, and hands over, without losing or doubling. */
class StreamsProtocolIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final Map<String, String> STREAMS_PROTOCOL = Map.of("group.protocol", "streams");

    @TempDir
    Path folder;

    @AutoClose
    private final AdmissionCluster cluster = new AdmissionCluster("mock://" + UUID.randomUUID());

    private final List<String> published = new ArrayList<>();

    @Test
    void shouldBalanceAndHandOverUnderTheStreamsProtocol() throws Exception {
        for (int i = 0; i < 10; i++) {
            cluster.link("acct_" + i);
        }
        Admission one = admission("one");
        one.start();
        await().atMost(LIMIT).until(() -> one.health().ready());
        publish(200);
        Admission two = admission("two");
        two.start();
        publish(200);
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(partitions(one)).hasSize(PARTITIONS / 2);
            assertThat(partitions(two)).hasSize(PARTITIONS / 2).doesNotContainAnyElementsOf(partitions(one));
        });
        try (Admin admin = Admin.create(cluster.kafka())) {
            assertThat(admin.listGroups().all().get())
                    .filteredOn(group -> group.groupId().equals("usage.admission"))
                    .singleElement()
                    .satisfies(group -> assertThat(group.type()).contains(GroupType.STREAMS));
        }

        await().atMost(LIMIT).untilAsserted(() -> assertThat(standbys()).isEqualTo(PARTITIONS));

        publish(200);
        one.close(Duration.ofSeconds(20));
        publish(200);

        await().atMost(LIMIT)
                .pollInterval(Duration.ofMillis(500))
                .until(() -> cluster.read(TOPICS.deliverable()).size() >= published.size());
        assertThat(partitions(two)).hasSize(PARTITIONS);
        two.close(Duration.ofSeconds(20));
        assertThat(cluster.read(TOPICS.deliverable()))
                .extracting(
                        record -> cluster.decode(record, DeliverableEvent.class).getEventId())
                .containsExactlyInAnyOrderElementsOf(published);
        assertThat(cluster.read(TOPICS.deadLetters())).isEmpty();
    }

    /** As the broker has given them out. */
    private int standbys() throws Exception {
        try (Admin admin = Admin.create(cluster.kafka())) {
            return admin
                    .describeStreamsGroups(List.of("usage.admission"))
                    .all()
                    .get()
                    .get("usage.admission")
                    .members()
                    .stream()
                    .flatMap(member -> member.assignment().standbyTasks().stream())
                    .mapToInt(tasks -> tasks.partitions().size())
                    .sum();
        }
    }

    private Admission admission(String name) {
        return cluster.admission(new SimpleMeterRegistry(), folder.resolve(name), STREAMS_PROTOCOL);
    }

    private void publish(int events) {
        for (int i = 0; i < events; i++) {
            String id = "req-" + published.size();
            UsageEvent event = Events.event(id, "acct_" + published.size() % 10);
            event.setOccurredAt(Instant.now());
            published.add(id);
            cluster.publish(event);
        }
        cluster.flush();
    }

    private static List<Integer> partitions(Admission admission) {
        JsonNode here =
                written(admission.pages().get(0).answer(Map.of()).body()).at("/scope/partitions");
        return StreamSupport.stream(here.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }
}

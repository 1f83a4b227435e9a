package io.usageflow.forwarder.admission;

import static io.usageflow.forwarder.admission.AdmissionCluster.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.usageflow.embedded.SchemaRegistryServer;
import io.usageflow.schema.DeliverableEvent;
import io.usageflow.schema.UsageEvent;
import io.usageflow.schema.registry.InMemorySchemaRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** While the schema registry is away, events wait: none is lost, none becomes a dead letter. */
class RegistryAwayIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void shouldWaitForTheRegistryAndThenAdmitEverything() throws Exception {
        InMemorySchemaRegistry schemas = new InMemorySchemaRegistry();
        SchemaRegistryServer before = SchemaRegistryServer.start(0, schemas);
        int port = before.port();
        try (AdmissionCluster cluster = new AdmissionCluster(before.url())) {
            List<String> ids = IntStream.range(0, 50).mapToObj(i -> "req-" + i).toList();
            cluster.link("acct_1");
            ids.forEach(id -> cluster.publish(event(id)));
            cluster.flush();
            before.close();

            Admission admission = cluster.admission(folder, "admission.threads", "1");
            admission.start();
            await().atMost(LIMIT).until(() -> admission.health().detail().contains("registry unavailable"));
            assertThat(admission.health().live()).isTrue();
            assertThat(admission.health().ready()).isFalse();
            // Longer than one thread waits, so that the replacement is seen too.
            await().atMost(LIMIT)
                    .until(() -> cluster.meters
                                    .counter("usageflow.admission.threads.replaced")
                                    .count()
                            >= 1);

            SchemaRegistryServer after = SchemaRegistryServer.start(port, schemas);
            try {
                await().atMost(LIMIT)
                        .until(() -> cluster.read(TOPICS.deliverable()).size() >= ids.size());
                admission.close(Duration.ofSeconds(20));

                assertThat(cluster.read(TOPICS.deliverable()))
                        .extracting(record ->
                                cluster.decode(record, DeliverableEvent.class).getEventId())
                        .isEqualTo(ids);
                assertThat(cluster.read(TOPICS.deadLetters())).isEmpty();
                assertThat(cluster.admin().listTransactions().all().get(LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .as("the thread that replaced the dead one ends what that one left open")
                        .hasSize(1);
            } finally {
                after.close();
            }
        }
    }

    private static UsageEvent event(String id) {
        UsageEvent event = Events.event(id);
        event.setOccurredAt(Instant.now());
        return event;
    }
}

package io.usageflow.forwarder.admission.parking;

import static io.usageflow.forwarder.testing.JsonShape.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.usageflow.forwarder.admission.Admission;
import io.usageflow.forwarder.admission.AdmissionCluster;
import io.usageflow.forwarder.admission.Events;
import io.usageflow.forwarder.observe.AdminPage;
import io.usageflow.schema.UsageEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What instances say of parked events, while partitions move between them and their state is restored. */
class ParkedPageIT {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int ACCOUNTS = 20;

    @TempDir
    Path folder;

    @AutoClose
    private final AdmissionCluster cluster = new AdmissionCluster("mock://" + UUID.randomUUID());

    @Test
    void shouldTellOfEveryAccountOnceWhereverItsPartitionIs() {
        Admission one = cluster.admission(folder.resolve("one"), "admission.standby.replicas", "0");
        AdminPage pageOfOne = one.pages().get(0);
        assertThat(pageOfOne.answer(Map.of()).status()).as("not running yet").isEqualTo(503);
        one.start();
        Map<String, Long> expected = new HashMap<>();
        for (int i = 0; i < ACCOUNTS; i++) {
            String account = "acct_" + i;
            expected.put(account, i % 3 + 1L);
            IntStream.range(0, i % 3 + 1).forEach(n -> cluster.publish(event(account + "-" + n, account)));
        }
        cluster.flush();
        await().atMost(LIMIT).untilAsserted(() -> assertThat(parked(pageOfOne)).isEqualTo(expected));
        assertThat(written(pageOfOne.answer(Map.of()).body())
                        .at("/scope/complete")
                        .asBoolean())
                .isTrue();

        SimpleMeterRegistry metersOfTwo = new SimpleMeterRegistry();
        Admission two = cluster.admission(metersOfTwo, folder.resolve("two"), "admission.standby.replicas", "0");
        AdminPage pageOfTwo = two.pages().get(0);
        two.start();
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(partitions(pageOfTwo)).isNotEmpty();
            assertThat(partitions(pageOfOne)).isNotEmpty().doesNotContainAnyElementsOf(partitions(pageOfTwo));
            Map<String, Long> both = new HashMap<>(parked(pageOfOne));
            both.putAll(parked(pageOfTwo));
            assertThat(both).isEqualTo(expected);
            assertThat(gauges(cluster.meters)).isEqualTo(events(pageOfOne));
            assertThat(gauges(metersOfTwo)).isEqualTo(events(pageOfTwo));
        });

        one.close(Duration.ofSeconds(20));
        assertThat(pageOfOne.answer(Map.of()).status()).as("stopped").isEqualTo(503);
        assertThat(cluster.meters.find("usageflow.admission.parked").gauges()).isEmpty();
        await().atMost(LIMIT).untilAsserted(() -> {
            assertThat(parked(pageOfTwo)).isEqualTo(expected);
            assertThat(gauges(metersOfTwo)).isEqualTo(events(pageOfTwo));
        });
        two.close(Duration.ofSeconds(20));
    }

    /** Events by account. */
    private static Map<String, Long> parked(AdminPage page) {
        return shown(page).collect(Collectors.toMap(each -> each.get("account").asText(), each -> each.get("events")
                .asLong()));
    }

    /** Events by partition, of partitions that have any. */
    private static Map<String, Double> events(AdminPage page) {
        return shown(page)
                .collect(Collectors.groupingBy(
                        each -> each.get("partition").asText(),
                        Collectors.summingDouble(each -> each.get("events").asLong())));
    }

    private static Map<String, Double> gauges(SimpleMeterRegistry meters) {
        return meters.find("usageflow.admission.parked").gauges().stream()
                .filter(gauge -> gauge.value() > 0)
                .collect(Collectors.toMap(gauge -> gauge.getId().getTag("partition"), Gauge::value));
    }

    private static Set<Integer> partitions(AdminPage page) {
        return elements(body(page).at("/scope/partitions")).map(JsonNode::asInt).collect(Collectors.toSet());
    }

    private static Stream<JsonNode> shown(AdminPage page) {
        return elements(body(page).get("accounts"));
    }

    private static JsonNode body(AdminPage page) {
        AdminPage.Answer answer = page.answer(Map.of("limit", List.of("1000")));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
        return written(answer.body());
    }

    private static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static UsageEvent event(String id, String account) {
        UsageEvent event = Events.event(id, account);
        event.setOccurredAt(Instant.now());
        return event;
    }
}

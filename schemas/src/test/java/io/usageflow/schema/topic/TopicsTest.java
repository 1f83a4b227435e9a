package io.usageflow.schema.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.internals.Topic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    private static final Duration WINDOW = Duration.ofDays(35);

    @Test
    void shouldNameAllTopicsOfThePath() {
        assertThat(Topics.withDefaultPrefix().specs(6, WINDOW).stream().map(TopicSpec::name))
                .containsExactly(
                        "usage.events",
                        "usage.customer-links",
                        "usage.vendor-links",
                        "usage.replays",
                        "usage.deliverable",
                        "usage.delivery-state",
                        "usage.receipts",
                        "usage.balances",
                        "usage.dead-letters",
                        "usage.dead-letter-marks",
                        "usage.ledger");
    }

    @Test
    void shouldPutWhatBelongsToAnAccountIntoItsPartition() {
        Map<String, TopicSpec> specs = byName(new Topics("p").specs(6, WINDOW));

        assertThat(specs.values().stream().filter(TopicSpec::copartitioned).map(TopicSpec::name))
                .containsExactlyInAnyOrder(
                        "p.events",
                        "p.customer-links",
                        "p.replays",
                        "p.deliverable",
                        "p.delivery-state",
                        "p.receipts",
                        "p.balances",
                        "p.dead-letters");
        assertThat(specs.values())
                .allSatisfy(spec -> assertThat(spec.partitions()).isEqualTo(spec.copartitioned() ? 6 : 1));
    }

    @Test
    void shouldKeepWhatTheDesignPromises() {
        Map<String, TopicSpec> specs = byName(new Topics("p").specs(1, WINDOW));

        for (String compacted : List.of(
                "customer-links", "vendor-links", "dead-letter-marks", "delivery-state", "balances", "ledger")) {
            assertThat(specs.get("p." + compacted).settings()).as(compacted).containsEntry("cleanup.policy", "compact");
        }
        assertThat(retention(specs, "events")).isGreaterThanOrEqualTo(Duration.ofDays(7));
        assertThat(retention(specs, "deliverable")).isGreaterThanOrEqualTo(Duration.ofDays(14));
        assertThat(retention(specs, "dead-letters")).isGreaterThanOrEqualTo(Duration.ofDays(90));
        assertThat(retention(specs, "receipts")).isGreaterThanOrEqualTo(WINDOW);
        assertThat(specs.values())
                .as("no client's clock decides what retention deletes, or what the broker refuses")
                .allSatisfy(
                        spec -> assertThat(spec.settings()).containsEntry("message.timestamp.type", "LogAppendTime"));
    }

    @Test
    void shouldKeepReceiptsAsLongAsIdsAreRemembered() {
        Duration longWindow = Duration.ofDays(100);

        assertThat(retention(byName(new Topics("p").specs(1, longWindow)), "receipts"))
                .isEqualTo(longWindow);
    }

    @Test
    void shouldGiveOnlyNamesThatKafkaTakes() {
        new Topics("x".repeat(200)).specs(1, WINDOW).forEach(spec -> Topic.validate(spec.name()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "ä", "a\n"})
    void shouldRefuseAPrefixThatKafkaDoesNotTake(String prefix) {
        assertThatThrownBy(() -> new Topics(prefix))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topics.prefix");
    }

    @Test
    void shouldRefuseTopicsWithoutPartitions() {
        assertThatThrownBy(() -> new Topics("p").specs(0, WINDOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
    }

    private static Duration retention(Map<String, TopicSpec> specs, String name) {
        Map<String, String> settings = specs.get("p." + name).settings();
        assertThat(settings).containsEntry("cleanup.policy", "delete");
        return Duration.ofMillis(Long.parseLong(settings.get("retention.ms")));
    }

    private static Map<String, TopicSpec> byName(List<TopicSpec> specs) {
        return specs.stream().collect(Collectors.toMap(TopicSpec::name, Function.identity()));
    }
}

package io.usageflow.forwarder.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.usageflow.forwarder.config.TopicSettings.ShortRetention;
import io.usageflow.forwarder.topics.TopicFinding.NewTopicSpec;
import io.usageflow.forwarder.topics.TopicPlan.ExistingTopic;
import io.usageflow.schema.topic.Topics;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicPlanTest {
    private static final Duration WINDOW = Duration.ofDays(35);

    private final List<TopicSpec> specs = Topics.withDefaultPrefix().specs(6, WINDOW);
    private final Map<String, ExistingTopic> existing = asWanted(6);

    @Test
    void shouldCreateAllOnAnEmptyCluster() {
        existing.clear();

        TopicPlan plan = plan(OptionalInt.empty());

        assertThat(plan.missing()).hasSize(specs.size());
        assertThat(missing(plan, "usage.events").partitions()).isEqualTo(6);
        assertThat(missing(plan, "usage.events").settings()).containsEntry("message.timestamp.type", "LogAppendTime");
        assertThat(missing(plan, "usage.ledger").partitions()).isEqualTo(1);
        assertThat(plan.obstacles())
                .hasSize(specs.size())
                .contains("usage.events does not exist: 'usageflow topics apply' creates it");
    }

    @Test
    void shouldCreateAsManyPartitionsAsAsked() {
        existing.clear();

        assertThat(missing(plan(OptionalInt.of(24)), "usage.deliverable").partitions())
                .isEqualTo(24);
        assertThat(missing(plan(OptionalInt.of(24)), "usage.vendor-links").partitions())
                .isEqualTo(1);
    }

    @Test
    void shouldFindNothingToDoWhereAllIsAsItMustBe() {
        TopicPlan plan = plan(OptionalInt.empty());

        assertThat(plan.findings())
                .hasOnlyElementsOfType(TopicFinding.Ready.class)
                .hasSize(specs.size());
        assertThat(plan.obstacles()).isEmpty();
        assertThat(plan.warnings()).isEmpty();
    }

    @Test
    void shouldFollowTheCountOfTheTopicsThatExist() {
        existing.clear();
        existing.put("usage.events", asWanted(12).get("usage.events"));

        assertThat(missing(plan(OptionalInt.empty()), "usage.customer-links").partitions())
                .isEqualTo(12);
    }

    @Test
    void shouldRefuseEveryTopicOfAPartitioningThatDisagrees() {
        existing.put(
                "usage.customer-links",
                new ExistingTopic(3, existing.get("usage.customer-links").settings()));
        existing.remove("usage.replays");

        TopicPlan plan = plan(OptionalInt.empty());

        assertThat(plan.refused())
                .extracting(TopicFinding.Refused::topic)
                .contains("usage.events", "usage.customer-links", "usage.replays")
                .doesNotContain("usage.vendor-links", "usage.ledger");
        assertThat(plan.refused().get(0).problem())
                .contains("usage.customer-links: 3;")
                .contains("usage.events, ");
        assertThat(plan.missing()).isEmpty();
    }

    @Test
    void shouldRefuseToChangeACount() {
        TopicPlan plan = plan(OptionalInt.of(8));

        assertThat(plan.refused()).hasSize(8);
        assertThat(plan.obstacles().get(0))
                .startsWith("usage.events has 6 partitions, but 8 were asked for: keep 6")
                .contains("another topics.prefix");
    }

    @Test
    void shouldRefuseACountThatWasChangedUnderARunningPipeline() {
        repartition("usage.events", 8);

        assertThat(plan(OptionalInt.empty(), remembering(6)).obstacles())
                .containsExactly(
                        "usage.events has 8 partitions, but had 6 when admission began to remember by partition"
                                + " (usage.admission-books-changelog, usage.admission-customer-links-changelog: 6), so that"
                                + " repeated events would be billed again: stop what writes to it, put its records aside,"
                                + " delete it, let 'usageflow topics apply' make it with 6 partitions again, and put the"
                                + " records back (events that were admitted before are known); docs/runbook.md, 'A topic was"
                                + " made again', has the steps and what may not be deleted; for another count make new"
                                + " topics under another topics.prefix");
    }

    @Test
    void shouldRefuseEveryTopicThatWasChangedToAnotherCount() {
        existing.keySet().forEach(topic -> repartition(topic, 8));

        assertThat(plan(OptionalInt.empty(), remembering(6)).refused())
                .hasSize(8)
                .allMatch(refused -> refused.problem().startsWith("has 8 partitions, but had 6"));
    }

    @Test
    void shouldMakeTopicsAgainWithTheCountThatIsRemembered() {
        existing.remove("usage.events");

        assertThat(missing(plan(OptionalInt.empty(), remembering(6)), "usage.events")
                        .partitions())
                .isEqualTo(6);

        existing.clear();
        assertThat(missing(plan(OptionalInt.empty(), remembering(3)), "usage.events")
                        .partitions())
                .isEqualTo(3);
        assertThat(plan(OptionalInt.of(8), remembering(3)).refused()).hasSize(8).allMatch(refused -> refused.problem()
                .equals("must have 3 partitions, as many as admission's memory," + " but 8 were asked for"));
    }

    @Test
    void shouldRefuseChangelogsThatDisagreeAmongThemselves() {
        var torn = new Changelogs(Map.of("usage.admission-a-changelog", 6, "usage.admission-b-changelog", 3));

        assertThat(plan(OptionalInt.empty(), torn).obstacles())
                .hasSize(8)
                .allMatch(obstacle -> obstacle.contains("(usage.admission-b-changelog: 3; usage.events, "));
    }

    @ParameterizedTest
    @CsvSource({
        "usage.events, message.timestamp.type, CreateTime, clock is wrong",
        "usage.customer-links, message.timestamp.type, CreateTime, clock is wrong",
        "usage.vendor-links, message.timestamp.type, CreateTime, clock is wrong",
        "usage.replays, message.timestamp.type, CreateTime, clock is wrong",
        "usage.deliverable, message.timestamp.type, CreateTime, clock is wrong",
        "usage.delivery-state, message.timestamp.type, CreateTime, clock is wrong",
        "usage.receipts, message.timestamp.type, CreateTime, clock is wrong",
        "usage.dead-letters, message.timestamp.type, CreateTime, clock is wrong",
        "usage.dead-letter-marks, message.timestamp.type, CreateTime, clock is wrong",
        "usage.ledger, message.timestamp.type, CreateTime, clock is wrong",
        "usage.events, cleanup.policy, compact, compacted down",
        "usage.events, retention.ms, 604799999, deleted unread",
        "usage.events, retention.bytes, 1000000, burst",
        "usage.customer-links, cleanup.policy, delete, deleted by age",
        "usage.customer-links, cleanup.policy, 'compact,delete', deleted by age",
        "usage.receipts, retention.ms, 86400000, deleted unread",
    })
    void shouldNotRunOnASettingThatBreaksAPromise(String topic, String setting, String actual, String consequence) {
        set(topic, setting, actual);

        assertThat(plan(OptionalInt.empty()).obstacles())
                .singleElement()
                .asString()
                .startsWith(topic + " has " + setting + "=" + actual + " instead of ")
                .contains(consequence)
                .endsWith("'usageflow topics apply --alter' sets it");
    }

    @ParameterizedTest
    @CsvSource({"retention.ms, 604800000", "retention.ms, 9999999999", "retention.ms, -1", "retention.bytes, -1"})
    void shouldAcceptRetentionThatIsLonger(String setting, String actual) {
        set("usage.events", setting, actual);

        assertThat(plan(OptionalInt.empty()).obstacles()).isEmpty();
    }

    @Test
    void shouldOnlyWarnOfShortRetentionWhereAnOperatorSaidSo() {
        set("usage.deliverable", "retention.ms", "1000");
        set("usage.events", "message.timestamp.type", "CreateTime");

        TopicPlan plan = TopicPlan.of(specs, OptionalInt.empty(), existing, Changelogs.none(), ShortRetention.WARN);

        assertThat(plan.warnings()).singleElement().asString().startsWith("usage.deliverable has retention.ms=1000");
        assertThat(plan.obstacles()).singleElement().asString().startsWith("usage.events has message.timestamp.type");
    }

    @Test
    void shouldKeepReceiptsForALongerDedupWindow() {
        TopicPlan plan = TopicPlan.of(
                Topics.withDefaultPrefix().specs(6, Duration.ofDays(90)),
                OptionalInt.empty(),
                existing,
                Changelogs.none(),
                ShortRetention.REFUSE);

        assertThat(plan.obstacles())
                .singleElement()
                .asString()
                .startsWith("usage.receipts has retention.ms=3024000000");
    }

    private TopicPlan plan(OptionalInt asked) {
        return plan(asked, Changelogs.none());
    }

    private TopicPlan plan(OptionalInt asked, Changelogs changelogs) {
        return TopicPlan.of(specs, asked, existing, changelogs, ShortRetention.REFUSE);
    }

    private static Changelogs remembering(int partitions) {
        return new Changelogs(Map.of(
                "usage.admission-books-changelog", partitions, "usage.admission-customer-links-changelog", partitions));
    }

    private void repartition(String topic, int partitions) {
        existing.put(topic, new ExistingTopic(partitions, existing.get(topic).settings()));
    }

    private static NewTopicSpec missing(TopicPlan plan, String topic) {
        return plan.missing().stream()
                .filter(missing -> missing.topic().equals(topic))
                .findFirst()
                .orElseThrow()
                .spec();
    }

    private void set(String topic, String setting, String value) {
        ExistingTopic found = existing.get(topic);
        var settings = new HashMap<>(found.settings());
        settings.put(setting, value);
        existing.put(topic, new ExistingTopic(found.partitions(), settings));
    }

    private static Map<String, ExistingTopic> asWanted(int partitions) {
        var existing = new TreeMap<String, ExistingTopic>();
        for (TopicSpec spec : Topics.withDefaultPrefix().specs(partitions, WINDOW)) {
            var settings = new HashMap<>(spec.settings());
            settings.put("retention.bytes", "-1");
            settings.putIfAbsent("retention.ms", "604800000");
            existing.put(spec.name(), new ExistingTopic(spec.partitions(), settings));
        }
        return existing;
    }
}

package io.usageflow.forwarder.doctor.kafka;

import io.usageflow.forwarder.config.Role;
import io.usageflow.forwarder.config.Settings;
import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.forwarder.kafka.LogId;
import io.usageflow.forwarder.kafka.TopicsNotReadyException;
import io.usageflow.forwarder.ledger.LedgerReader;
import io.usageflow.schema.LedgerEntry;
import io.usageflow.schema.text.CountText;
import io.usageflow.schema.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Whether Kafka still has all that the stages have not read, and in the logs in which their offsets stand: also while
 * no forwarder runs that could say it.
 */
public record UnreadCheck(Cluster cluster, Settings settings, Duration atMost) {
    public static final String NAME = "unread";
    private static final String RUNBOOK = "docs/runbook.md, 'Events expired unread'";

    /**
     * A partition of a topic that a stage reads.
     *
     * @param committed the group's offset; empty where there is none
     * @param first offset of the first record that Kafka has
     * @param end offset after the last
     * @param kept whether the stage keeps an offset at all, or reads the topic whole at each start
     */
    record Partition(TopicPartition partition, OptionalLong committed, long first, long end, boolean kept) {}

    public List<CheckResult> look() {
        cluster.admin();
        Topics topics = settings.topics().names();
        var partitions = new ArrayList<Partition>();
        try {
            if (settings.process().roles().contains(Role.ADMISSION)) {
                String group = settings.admission().engine().applicationId(topics);
                partitions.addAll(
                        partitions(Optional.of(group), topics.events(), topics.replays(), topics.customerLinks()));
                partitions.addAll(partitions(Optional.empty(), topics.vendorLinks()));
            }
            if (settings.process().roles().contains(Role.DELIVERY)) {
                partitions.addAll(partitions(Optional.of(RightsCheck.deliveryGroup(settings)), topics.deliverable()));
            }
        } catch (AuthorizationException mayNot) {
            return List.of(CheckResult.skipped(NAME, "may not be looked at: " + mayNot.getMessage()));
        }
        var findings = new ArrayList<CheckResult>(judge(partitions));
        findings.addAll(judgeLogs(kept(), current(partitions)));
        return findings.isEmpty()
                ? List.of(CheckResult.ok(
                        NAME, "Kafka has all that was not read yet: " + CountText.of(unread(partitions), "record")))
                : findings;
    }

    private List<Partition> partitions(Optional<String> group, String... topics) {
        Map<TopicPartition, OffsetAndMetadata> committed = group.map(name -> cluster.answer(
                        cluster.admin().listConsumerGroupOffsets(name).partitionsToOffsetAndMetadata()))
                .orElse(Map.of());
        List<String> existing = cluster.answer(cluster.admin().listTopics().names()).stream()
                .filter(List.of(topics)::contains)
                .toList();
        Map<TopicPartition, OffsetSpec> earliest = new HashMap<>();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (TopicDescription topic : cluster.answer(
                        cluster.admin().describeTopics(existing).allTopicNames())
                .values()) {
            topic.partitions().forEach(info -> {
                var partition = new TopicPartition(topic.name(), info.partition());
                earliest.put(partition, OffsetSpec.earliest());
                latest.put(partition, OffsetSpec.latest());
            });
        }
        var end = cluster.answer(cluster.admin().listOffsets(latest).all());
        var found = new ArrayList<Partition>();
        cluster.answer(cluster.admin().listOffsets(earliest).all()).forEach((partition, first) -> {
            OffsetAndMetadata read = committed.get(partition);
            ListOffsetsResultInfo last = end.get(partition);
            found.add(new Partition(
                    partition,
                    read == null ? OptionalLong.empty() : OptionalLong.of(read.offset()),
                    first.offset(),
                    last == null ? first.offset() : last.offset(),
                    group.isPresent()));
        });
        found.sort(Comparator.comparing(each -> each.partition().toString()));
        return found;
    }

    static List<CheckResult> judge(List<Partition> partitions) {
        var findings = new ArrayList<CheckResult>();
        for (Partition each : partitions) {
            String where =
                    each.partition().topic() + ", partition " + each.partition().partition();
            long committed = each.committed().orElse(each.kept() ? each.first() : 0);
            if (committed < each.first()) {
                findings.add(
                        each.kept()
                                ? CheckResult.fail(
                                        NAME,
                                        where + ": Kafka deleted up to "
                                                + CountText.of(each.first() - committed, "record")
                                                + " before they were read (offsets " + committed + " to "
                                                + (each.first() - 1) + ")",
                                        RUNBOOK)
                                : CheckResult.warn(
                                        NAME,
                                        where + ": records below offset " + each.first()
                                                + " were deleted, and no vendor link among them holds any more",
                                        "compare 'usageflow links list' with what must be linked, and"
                                                + " put what is missing"));
            } else if (committed > each.end()) {
                findings.add(CheckResult.fail(
                        NAME,
                        where + ": offset " + committed + " was read, and the topic ends at " + each.end()
                                + ": it was made again, or lost records",
                        "nothing is skipped: the stage begins at the earliest record; docs/runbook.md,"
                                + " 'A topic was made" + " again'"));
            }
        }
        return findings;
    }

    private static long unread(List<Partition> partitions) {
        return partitions.stream()
                .filter(Partition::kept)
                .mapToLong(each -> each.end() - each.committed().orElse(each.first()))
                .sum();
    }

    private Map<String, LogId> current(List<Partition> partitions) {
        String id = Optional.ofNullable(
                        cluster.answer(cluster.admin().describeCluster().clusterId()))
                .orElse("");
        List<String> topics = partitions.stream()
                .map(each -> each.partition().topic())
                .distinct()
                .toList();
        Map<String, LogId> logs = new TreeMap<>();
        cluster.answer(cluster.admin().describeTopics(topics).allTopicNames())
                .forEach((name, topic) ->
                        logs.put(name, new LogId(id, topic.topicId().toString())));
        return logs;
    }

    /**
     * As the stages wrote them; none where the ledger or the registry, which have checks of their own, cannot be read.
     */
    private List<LedgerEntry> kept() {
        try {
            return new LedgerReader(
                            settings.topics().names(),
                            settings.kafka().client(),
                            settings.registry().serde())
                    .read(atMost);
        } catch (KafkaException | TopicsNotReadyException unreadable) {
            return List.of();
        }
    }

    static List<CheckResult> judgeLogs(List<LedgerEntry> entries, Map<String, LogId> now) {
        var findings = new TreeMap<String, CheckResult>();
        for (LedgerEntry entry : entries) {
            entry.getLogs().forEach((topic, kept) -> {
                if (LogId.parse(kept).differsFrom(now.getOrDefault(topic, LogId.UNKNOWN))) {
                    findings.put(
                            topic,
                            CheckResult.warn(
                                    NAME,
                                    topic + " was made again, or moved, since " + entry.getStage() + " last read it",
                                    "nothing is skipped: " + entry.getStage()
                                            + " begins at the earliest record; docs/runbook.md, 'A topic was made"
                                            + " again'"));
                }
            });
        }
        return List.copyOf(findings.values());
    }
}

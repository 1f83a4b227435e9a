package io.usageflow.forwarder.doctor.kafka;

import io.usageflow.forwarder.doctor.CheckResult;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Whether every partition has a leader, and whether a lost disk would lose events. */
public record ReplicasCheck(Cluster cluster, List<TopicSpec> specs) {
    public static final String NAME = "replicas";

    /** A partition with its number of replicas, and of those in sync. */
    public record Partition(int number, boolean led, int replicas, int inSync) {}

    /** A topic; with fewer than {@code insyncMin} replicas in sync it acknowledges nothing. */
    public record Topic(String name, int insyncMin, List<Partition> partitions) {}

    public List<CheckResult> look() {
        List<String> existing = cluster.answer(cluster.admin().listTopics().names()).stream()
                .filter(name -> specs.stream().anyMatch(spec -> spec.name().equals(name)))
                .toList();
        if (existing.isEmpty()) {
            return List.of(CheckResult.skipped(NAME, "there are no topics yet"));
        }
        Map<String, TopicDescription> described =
                cluster.answer(cluster.admin().describeTopics(existing).allTopicNames());
        Map<String, Integer> insyncMin = new TreeMap<>();
        cluster.answer(cluster.admin()
                        .describeConfigs(existing.stream()
                                .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                                .toList())
                        .all())
                .forEach((resource, config) -> insyncMin.put(
                        resource.name(),
                        Integer.parseInt(config.get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG)
                                .value())));
        return judge(described.values().stream()
                .map(topic -> new Topic(
                        topic.name(),
                        insyncMin.getOrDefault(topic.name(), 1),
                        topic.partitions().stream()
                                .map(partition -> new Partition(
                                        partition.partition(),
                                        partition.leader() != null
                                                && !partition.leader().isEmpty(),
                                        partition.replicas().size(),
                                        partition.isr().size()))
                                .toList()))
                .toList());
    }

    public static List<CheckResult> judge(List<Topic> topics) {
        var findings = new ArrayList<CheckResult>();
        for (Topic topic : topics) {
            topic.partitions().stream()
                    .filter(partition -> !partition.led())
                    .forEach(partition -> findings.add(CheckResult.fail(
                            NAME,
                            topic.name() + ", partition " + partition.number() + " has no leader",
                            "bring back the broker that had it; docs/runbook.md, 'A broker lost a disk'")));
            topic.partitions().stream()
                    .filter(partition -> partition.led() && partition.inSync() < topic.insyncMin())
                    .forEach(partition -> findings.add(CheckResult.fail(
                            NAME,
                            topic.name() + ", partition " + partition.number() + " has " + partition.inSync()
                                    + " replicas in sync and takes nothing below " + topic.insyncMin(),
                            "bring back the other brokers")));
            if (topic.partitions().stream()
                    .anyMatch(partition ->
                            partition.inSync() >= topic.insyncMin() && partition.inSync() < partition.replicas())) {
                findings.add(CheckResult.warn(
                        NAME, topic.name() + " has replicas that are behind", "look whether a broker is down or slow"));
            }
        }
        thin(topics, partition -> partition.replicas() == 1)
                .ifPresent(names -> findings.add(CheckResult.warn(
                        NAME,
                        "one copy only, so that a lost disk loses events: " + names,
                        "fine for development; else three replicas and min.insync.replicas=2")));
        List<Topic> single = topics.stream()
                .filter(topic -> topic.insyncMin() < 2
                        && topic.partitions().stream().allMatch(partition -> partition.replicas() > 1))
                .toList();
        if (!single.isEmpty()) {
            findings.add(CheckResult.warn(
                    NAME,
                    "acknowledged by one broker alone when the others are behind (min.insync.replicas=1): "
                            + names(single),
                    "set min.insync.replicas=2 on them"));
        }
        if (findings.isEmpty()) {
            findings.add(CheckResult.ok(NAME, "every partition has a leader and is in sync"));
        }
        return findings;
    }

    private static java.util.Optional<String> thin(List<Topic> topics, java.util.function.Predicate<Partition> isThin) {
        List<Topic> thin = topics.stream()
                .filter(topic -> topic.partitions().stream().anyMatch(isThin))
                .toList();
        return thin.isEmpty() ? java.util.Optional.empty() : java.util.Optional.of(names(thin));
    }

    private static String names(List<Topic> topics) {
        return topics.stream().map(Topic::name).sorted().collect(Collectors.joining(", "));
    }
}

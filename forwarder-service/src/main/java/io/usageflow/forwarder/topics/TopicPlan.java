package io.usageflow.forwarder.topics;

import io.usageflow.forwarder.config.TopicSettings.ShortRetention;
import io.usageflow.forwarder.topics.TopicFinding.NewTopicSpec;
import io.usageflow.schema.topic.Topics.TopicSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What must be done so that all topics are as the pipeline needs them. Pure and immutable.
 *
 * <p>Partition counts are never altered: the ids seen and the links of an account live in the account's partition, and
 * a new count would move the account away from them, so that a repeated event would be billed again.
 *
 * @param findings in the order of an event's path; a topic has one finding or several
 */
public record TopicPlan(List<TopicFinding> findings) {
    private static final String ALTER = "'usageflow topics apply --alter' sets it";

    public TopicPlan {
        findings = List.copyOf(findings);
    }

    /**
     * Compares the topics that exist with those that must exist.
     *
     * @param specs what must be; the partition count of the co-partitioned ones is only for topics to be created
     * @param asked a partition count that a person asked for, which must agree with what exists
     * @param existing by name, those of the specs that exist
     * @param changelogs of admission's memory, by whose count it is divided
     */
    public static TopicPlan of(
            List<TopicSpec> specs,
            OptionalInt asked,
            Map<String, ExistingTopic> existing,
            Changelogs changelogs,
            ShortRetention shortRetention) {
        Partitioning partitioning = Partitioning.of(specs, asked, existing, changelogs);
        var findings = new ArrayList<TopicFinding>();
        for (TopicSpec spec : specs) {
            ExistingTopic topic = existing.get(spec.name());
            if (topic != null) {
                findings.addAll(compare(spec, topic, partitioning, shortRetention));
            } else {
                findings.add(absent(spec, partitioning));
            }
        }
        return new TopicPlan(findings);
    }

    private static TopicFinding absent(TopicSpec spec, Partitioning partitioning) {
        if (!spec.copartitioned()) {
            return new TopicFinding.Missing(spec.name(), new NewTopicSpec(spec.partitions(), spec.settings()));
        }
        return partitioning
                .objection(spec.name(), OptionalInt.empty())
                .<TopicFinding>map(refused -> refused)
                .orElseGet(() -> new TopicFinding.Missing(
                        spec.name(), new NewTopicSpec(partitioning.toCreate(spec.partitions()), spec.settings())));
    }

    private static List<TopicFinding> compare(
            TopicSpec spec, ExistingTopic topic, Partitioning partitioning, ShortRetention shortRetention) {
        var findings = new ArrayList<TopicFinding>();
        if (spec.copartitioned()) {
            partitioning
                    .objection(spec.name(), OptionalInt.of(topic.partitions()))
                    .ifPresent(findings::add);
        }
        new TreeMap<>(spec.settings()).forEach((setting, wanted) -> {
            String actual = topic.settings().getOrDefault(setting, "");
            if (!SettingRule.holds(setting, wanted, actual)) {
                boolean fatal = !setting.equals(SettingRule.RETENTION) || shortRetention == ShortRetention.REFUSE;
                findings.add(new TopicFinding.Differs(
                        spec.name(), setting, actual, wanted, SettingRule.consequence(setting, wanted), fatal));
            }
        });
        if (SettingRule.boundedBySize(spec, topic)) {
            findings.add(new TopicFinding.Differs(
                    spec.name(),
                    SettingRule.RETENTION_BYTES,
                    topic.settings().getOrDefault(SettingRule.RETENTION_BYTES, ""),
                    "-1",
                    "a burst would push events out before they are read",
                    shortRetention == ShortRetention.REFUSE));
        }
        if (findings.isEmpty()) {
            findings.add(new TopicFinding.Ready(spec.name(), topic.partitions()));
        }
        return findings;
    }

    public List<TopicFinding.Missing> missing() {
        return only(TopicFinding.Missing.class);
    }

    public List<TopicFinding.Differs> differing() {
        return only(TopicFinding.Differs.class);
    }

    public List<TopicFinding.Refused> refused() {
        return only(TopicFinding.Refused.class);
    }

    private <T extends TopicFinding> List<T> only(Class<T> kind) {
        return findings.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** Why the forwarder must not run on these topics: one sentence each with the remedy; empty if it may. */
    public List<String> obstacles() {
        return findings.stream()
                .flatMap(finding -> finding
                        .<List<String>>match(
                                ready -> List.of(),
                                missing -> List.of(
                                        missing.topic() + " does not exist: 'usageflow topics apply' creates it"),
                                differs -> differs.fatal() ? List.of(describe(differs)) : List.of(),
                                refused -> List.of(refused.topic() + " " + refused.problem() + ": " + refused.remedy()))
                        .stream())
                .toList();
    }

    /** What the forwarder tolerates but an operator should know. */
    public List<String> warnings() {
        return differing().stream()
                .filter(differs -> !differs.fatal())
                .map(TopicPlan::describe)
                .toList();
    }

    private static String describe(TopicFinding.Differs differs) {
        return differs.topic() + " has " + differs.setting() + "=" + differs.actual() + " instead of "
                + differs.wanted() + ", so that " + differs.why() + ": " + ALTER;
    }

    /**
     * A topic as the cluster has it. Immutable.
     *
     * @param partitions at least 1
     * @param settings the effective configuration, defaults of the broker included
     */
    public record ExistingTopic(int partitions, Map<String, String> settings) {
        public ExistingTopic {
            settings = Map.copyOf(settings);
        }
    }
}
